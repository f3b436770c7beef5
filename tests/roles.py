"""The tests' connection has the rights of the runtime role, and those of the owner only where a test asks.

It connects as the owner and drops its rights at once with `SET ROLE`. For PostgreSQL that is the runtime role
in everything that it allows (tables, settings); but a test may take the owner's rights back in the middle of
its transaction.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import dj_database_url
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.test import TransactionTestCase

from dsp_platform.database import roles as database_roles
from dsp_platform.devserver.embedded import RUNTIME_ROLE

_flush = TransactionTestCase._fixture_teardown
# The rows that migrations leave in these are the same for every test.
_OF_MIGRATIONS = {"django_migrations", "django_content_type", "auth_permission"}
_owner = database_roles.owner


def owner_signs_in() -> dict[str, Any]:
    parts = dj_database_url.parse(settings.DATABASE_OWNER_URL)
    return {name: parts[name] for name in ("USER", "PASSWORD")}


def grant() -> None:
    """A copy of the template has the rights on tables; those on the database are not copied."""
    database_roles.grant()


def _give_rights_away(connection: BaseDatabaseWrapper, **kwargs: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET SESSION AUTHORIZATION {RUNTIME_ROLE}")


def _delete_what_is_there(assisted_session: TransactionTestCase) -> None:
    """Faster than Django's TRUNCATE of every table, which creates new files for each table and index, and
    than writing content types and permissions again.

    Append-only tables are emptied as well: no trigger fires.
    """
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    tables = [f'"{name}"' for name in sorted(set(names) - _OF_MIGRATIONS)]
    there = (f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in tables)
    with as_owner(), transaction.atomic(), connection.cursor() as cursor:
        # Waits, as TRUNCATE does, for open transactions of other connections.
        cursor.execute(f"LOCK TABLE {', '.join(tables)} IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(" UNION ALL ".join(there))
        found = [table for (table,) in cursor.fetchall()]
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table in found:
            cursor.execute(f"DELETE FROM {table}")


def work_as_the_runtime_role() -> None:
    """A command that connects as the owner takes its rights on the connection of the test."""
    database_roles.owner = as_owner
    connection_created.connect(_give_rights_away)
    TransactionTestCase._fixture_teardown = _delete_what_is_there
    connection.close()


def work_as_the_owner() -> None:
    database_roles.owner = _owner
    connection_created.disconnect(_give_rights_away)
    TransactionTestCase._fixture_teardown = _flush
    connection.close()


@contextmanager
def as_owner() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_user")
        if cursor.fetchone() != (RUNTIME_ROLE,):  # nested
            yield
            return
        cursor.execute("SET SESSION AUTHORIZATION DEFAULT")
    try:
        yield
    finally:
        # In a failed transaction no statement is possible; its end drops the rights again.
        with suppress(DatabaseError):
            _give_rights_away(connection)

"""The tests' connection has the rights of the runtime role, and those of the owner only where a test says so.

It signs in as the owner and gives its rights away at once. To PostgreSQL that is the runtime role in all that
it allows (tables, settings, `SET ROLE`); but a test may take the owner's rights back in the middle of its
transaction.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import dj_database_url
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.postgresql.operations import DatabaseOperations
from django.db.backends.signals import connection_created

from dsp_platform import database_roles
from dsp_platform.devserver.embedded import RUNTIME_ROLE

_flush = DatabaseOperations.execute_sql_flush
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


def _flush_as_owner(operations: DatabaseOperations, statements: list[str]) -> None:
    with as_owner():
        _flush(operations, statements)


def work_as_the_runtime_role() -> None:
    """A command that signs in as the owner takes its rights on the connection of the test."""
    database_roles.owner = as_owner
    connection_created.connect(_give_rights_away)
    DatabaseOperations.execute_sql_flush = _flush_as_owner
    connection.close()


def work_as_the_owner() -> None:
    database_roles.owner = _owner
    connection_created.disconnect(_give_rights_away)
    DatabaseOperations.execute_sql_flush = _flush
    connection.close()


@contextmanager
def as_owner() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_user")
        if cursor.fetchone() != (RUNTIME_ROLE,):  # within another one
            yield
            return
        cursor.execute("SET SESSION AUTHORIZATION DEFAULT")
    try:
        yield
    finally:
        # In a broken transaction nothing can be said; its end gives the rights away again.
        with suppress(DatabaseError):
            _give_rights_away(connection)

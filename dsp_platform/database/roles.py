"""Two roles of PostgreSQL: the owner creates the tables, the runtime role reads and writes their rows.

The platform's processes sign in as the runtime role (``DATABASE_URL``). It owns nothing, so it can neither
truncate nor alter a table nor disable a trigger; append-only tables it can insert into and read, nothing
else. ``manage.py migrate`` signs in as the owner (``DATABASE_OWNER_URL``) and grants the rights each time,
derived from the models, so that a new table has them at once.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import dj_database_url
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import sql

from dsp_platform.database import locks

ALL_RIGHTS = ("SELECT", "INSERT", "UPDATE", "DELETE")
APPEND_ONLY = ("SELECT", "INSERT")
NEVER_DELETED = ("SELECT", "INSERT", "UPDATE")
# Tables whose rights do not follow from a model.
OTHER_TABLES = {
    "django_migrations": ("SELECT",),
    # Who changed something, and why: written by the triggers of the history.
    "pghistory_context": ("SELECT",),
    # A consent is withdrawn and a programme ended: neither is deleted.
    "registry_consent": NEVER_DELETED,
    "registry_programme": NEVER_DELETED,
    # Who changed what in the admin: append-only, though the model is Django's.
    "django_admin_log": APPEND_ONLY,
    # Written by the trigger that chains the audit events.
    "audit_chainhead": ("SELECT",),
}
# Sequences that are also set: a restored ledger continues above the revisions that operators hold.
SETTABLE_SEQUENCES = {"exchange_revision"}
# Only the owner may ignore triggers: pgtrigger's own function reads a setting, which every role can set.
# History is written with the owner's rights, so the session's user tells who signed in.
ONLY_THE_OWNER_IGNORES_TRIGGERS = """
CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    IF session_user <> {owner} THEN
        RETURN false;
    END IF;
    RETURN coalesce(
        trigger_name = ANY (nullif(current_setting('pgtrigger.ignore', true), '')::text[]), false
    );
END $$
"""


def _credentials(url: str) -> dict[str, Any]:
    parts = dj_database_url.parse(url)
    return {name: parts.get(name, "") for name in ("USER", "PASSWORD")}


def are_separate() -> bool:
    owner = settings.DATABASE_OWNER_URL
    return bool(owner) and _credentials(owner)["USER"] != _credentials(settings.DATABASE_URL)["USER"]


@contextmanager
def owner() -> Iterator[None]:
    """Signs the default connection in as the owner. For commands, whose process has no other threads.

    Without a pool: what a command does as the owner, it does in one session.
    """
    options = connection.settings_dict["OPTIONS"]
    if not are_separate() and "pool" not in options:
        yield
        return
    before = {name: connection.settings_dict[name] for name in ("USER", "PASSWORD", "OPTIONS")}
    who = _credentials(settings.DATABASE_OWNER_URL) if are_separate() else {}
    alone = {name: value for name, value in options.items() if name != "pool"}
    _sign_in({**who, "OPTIONS": alone})
    try:
        yield
    finally:
        _sign_in(before)


def _sign_in(how: dict[str, Any]) -> None:
    connection.close()
    pooled: Any = connection
    pooled.close_pool()
    connection.settings_dict.update(how)


def is_history(model: Any) -> bool:
    """Written by triggers only."""
    return getattr(model, "pgh_tracked_model", None) is not None


def is_append_only(model: Any) -> bool:
    """History, and models with the trigger that refuses changes."""
    return is_history(model) or any(
        trigger.name == "append_only" for trigger in getattr(model._meta, "triggers", ())
    )


def rights_by_table() -> dict[str, tuple[str, ...]]:
    rights: dict[str, tuple[str, ...]] = {}
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.managed or model._meta.proxy:
            continue
        if is_history(model):
            rights[model._meta.db_table] = ("SELECT",)
        else:
            rights[model._meta.db_table] = APPEND_ONLY if is_append_only(model) else ALL_RIGHTS
    return {**rights, **OTHER_TABLES}


TABLES = """
SELECT relname FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
"""
SEQUENCES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'S'"
# The trigger functions of pghistory.
WRITE_HISTORY = """
SELECT DISTINCT tgfoid::regprocedure::text FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
WHERE prosrc LIKE '%_pgh_attach_context()%'
"""
RUN_AS_OWNER = "ALTER FUNCTION {} SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
# Only the owner may create anything in the database, and only the roles named here may connect.
BASIC_RIGHTS = """
REVOKE ALL ON DATABASE {database} FROM PUBLIC;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {runtime};
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, {runtime};
REVOKE EXECUTE ON FUNCTION lo_create(oid), lo_creat(int), lo_from_bytea(oid, bytea) FROM PUBLIC;
GRANT CONNECT ON DATABASE {database} TO {runtime};
GRANT USAGE ON SCHEMA public TO {runtime};
"""


def grant() -> None:
    """Run as the owner. Partitions get no rights: statements name the table they belong to."""
    runtime = sql.Identifier(_credentials(settings.DATABASE_URL)["USER"])
    rights = rights_by_table()
    with transaction.atomic(), connection.cursor() as cursor:
        locks.lock(locks.LockName.DATABASE_RIGHTS, timeout=None)
        cursor.execute("SELECT current_database(), current_user")
        database, owner_name = cursor.fetchone()
        cursor.execute(sql.SQL(BASIC_RIGHTS).format(database=sql.Identifier(database), runtime=runtime))
        cursor.execute(sql.SQL(ONLY_THE_OWNER_IGNORES_TRIGGERS).format(owner=sql.Literal(owner_name)))
        cursor.execute(WRITE_HISTORY)
        for (function,) in cursor.fetchall():
            cursor.execute(RUN_AS_OWNER.format(function))
        cursor.execute(TABLES)
        for (table,) in cursor.fetchall():
            allowed = sql.SQL(", ").join(map(sql.SQL, rights.get(table, ALL_RIGHTS)))
            statement = sql.SQL("GRANT {} ON TABLE public.{} TO {}")
            cursor.execute(statement.format(allowed, sql.Identifier(table), runtime))
        cursor.execute(SEQUENCES)
        for (name,) in cursor.fetchall():
            may = sql.SQL("USAGE, SELECT, UPDATE" if name in SETTABLE_SEQUENCES else "USAGE, SELECT")
            statement = sql.SQL("GRANT {} ON SEQUENCE public.{} TO {}")
            cursor.execute(statement.format(may, sql.Identifier(name), runtime))


OWNED = """
SELECT rolsuper OR rolcreaterole OR rolbypassrls OR EXISTS (
    SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND pg_has_role(relowner, 'MEMBER')
) FROM pg_roles WHERE rolname = current_user
"""


def signed_in_with_too_many_rights() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(OWNED)
        return bool(cursor.fetchone()[0])

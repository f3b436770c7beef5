"""What the platform's own processes may do in the database, tested by connecting as they do."""

import json
import os
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from dsp_platform.database import roles as database_roles
from dsp_platform.devserver.embedded import RUNTIME_ROLE
from tests.exchange.conftest import agree
from tests.roles import as_owner

HISTORY = sorted(model._meta.db_table for model in apps.get_models() if database_roles.is_history(model))
ADDED_TO = sorted(model._meta.db_table for model in apps.get_models() if database_roles.is_append_only(model))
# Attempts to change history, as somebody who took over a process of the platform.
CHANGES = [
    "UPDATE {} SET {column} = {column}",
    "DELETE FROM {}",
    "TRUNCATE {}",
    "TRUNCATE {} CASCADE",
    "ALTER TABLE {} DISABLE TRIGGER ALL",
    "ALTER TABLE {} DISABLE TRIGGER USER",
    "ALTER TABLE {} ADD COLUMN mine int",
    "ALTER TABLE {} OWNER TO " + RUNTIME_ROLE,
    "ALTER TABLE {} RENAME TO away",
    "DROP TABLE {} CASCADE",
    "CREATE RULE nothing AS ON INSERT TO {} DO INSTEAD NOTHING",
    "CREATE TRIGGER mine BEFORE INSERT ON {} FOR EACH ROW EXECUTE FUNCTION "
    "suppress_redundant_updates_trigger()",
    "CREATE INDEX mine ON {} ({column})",
    "CREATE POLICY mine ON {} USING (false)",
    "DO $$ BEGIN LOCK TABLE {} IN ACCESS EXCLUSIVE MODE; END $$",
]
# Attempts to gain the rights of another role.
STRENGTH = [
    "SET session_replication_role = replica",
    "SET ROLE dspp",
    "SET ROLE pg_read_server_files",
    "ALTER ROLE {} SUPERUSER",
    "ALTER ROLE {} CREATEROLE",
    "CREATE ROLE another",
    "CREATE DATABASE another",
    "CREATE SCHEMA mine",
    "CREATE TABLE mine (id int)",
    "CREATE TABLE public.mine (id int)",
    "CREATE TEMPORARY TABLE mine (id int)",
    "CREATE VIEW public.mine AS SELECT 1",
    "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean "
    "LANGUAGE sql AS 'SELECT true'",
    "COPY accounts_user TO PROGRAM 'cat'",
    "COPY accounts_user TO '/tmp/users'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT lo_import('/etc/passwd')",
    "SELECT lo_create(0)",
    "SELECT lo_creat(-1)",
    "SELECT lo_from_bytea(0, 'x')",
    "ALTER SYSTEM SET fsync = off",
    "DROP FUNCTION exchange_drop_attempt_month",
    "INSERT INTO django_migrations (app, name, applied) VALUES ('audit', '9999', now())",
    "INSERT INTO audit_chainhead VALUES ('mine', 1, '')",
    "UPDATE audit_chainhead SET sequence = sequence",
    "DELETE FROM audit_chainhead",
    "INSERT INTO pghistory_context (id, created_at, updated_at, metadata)"
    " VALUES (gen_random_uuid(), now(), now(), '{{}}')",
    "UPDATE pghistory_context SET metadata = '{{}}'",
    "DELETE FROM registry_consent",
    "DELETE FROM registry_programme",
]  # fmt: skip


def test_the_connection_of_the_tests_is_the_runtime_role(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_user, current_user, current_setting('is_superuser')")
        assert cursor.fetchone() == (RUNTIME_ROLE, RUNTIME_ROLE, "off")


@pytest.fixture
def signed_in(db):
    """As a process of the platform: with its own password, in the database of this test."""
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path="/" + connection.settings_dict["NAME"])
    with psycopg.connect(urlunsplit(url), autocommit=True, options="-c lock_timeout=2s") as own:
        assert own.execute("SELECT session_user").fetchone() == (RUNTIME_ROLE,)
        yield own


def refused(own: psycopg.Connection, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        own.execute(statement)


def test_there_is_something_that_is_append_only():
    assert {"audit_auditevent", "exchange_attempt", "registry_personevent"} <= set(ADDED_TO)


@pytest.mark.parametrize("table", ADDED_TO)
def test_what_was_written_cannot_be_changed(signed_in, table):
    column = signed_in.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum = 1", [table]
    ).fetchone()[0]
    signed_in.execute(f"GRANT ALL ON {table} TO {RUNTIME_ROLE}")  # a warning, and nothing is granted
    for change in CHANGES:
        refused(signed_in, change.format(table, column=column))


@pytest.mark.parametrize("table", HISTORY)
def test_nobody_writes_history_by_hand(signed_in, table):
    """History rows are written by triggers only."""
    refused(signed_in, f"INSERT INTO {table} DEFAULT VALUES")


def test_history_writes_itself_whatever_setting_is_set(areas):
    """Its triggers run with the owner's rights, and check the session user before they can be skipped."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pgtrigger.ignore', array_agg(tgname)::text, true) FROM pg_trigger")
        cursor.execute("UPDATE registry_area SET name_km = 'x' WHERE code = '01'")
        cursor.execute("SELECT set_config('pgtrigger.ignore', '', true)")
        cursor.execute(
            "SELECT count(*) FROM registry_areaevent"
            " WHERE pgh_obj_id = '01' AND pgh_label = 'update' AND name_km = 'x'"
        )
        assert cursor.fetchone() == (1,)


@pytest.mark.parametrize("statement", STRENGTH)
def test_nobody_becomes_stronger(signed_in, statement):
    refused(signed_in, statement.format(RUNTIME_ROLE))


def test_no_table_at_all_can_be_emptied_or_altered(signed_in):
    tables = signed_in.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
    ).fetchall()
    assert len(tables) > 40
    for (table,) in tables:
        for change in ("TRUNCATE {}", "ALTER TABLE {} DISABLE TRIGGER ALL", "DROP TABLE {}"):
            refused(signed_in, change.format(table))


def edit_past_the_triggers(operator: str) -> None:
    """Sets the setting that pgtrigger reads, and edits what is in force."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pgtrigger.ignore', array_agg(tgname)::text, true) FROM pg_trigger")
        cursor.execute("UPDATE exchange_agreement SET purpose_en = 'x' WHERE operator_id = %s", [operator])
        assert cursor.rowcount == 1
        cursor.execute("SELECT set_config('pgtrigger.ignore', '', true)")


def test_a_setting_switches_no_trigger_off(operators):
    """Every role may set `pgtrigger.ignore`; only the owner's value is honoured."""
    agree(operators["nssf"])
    with pytest.raises(DatabaseError, match="Cannot"):
        edit_past_the_triggers("nssf")
    with as_owner():
        edit_past_the_triggers("nssf")


def test_the_owner_or_a_superuser_in_its_place_is_found(db):
    assert not database_roles.signed_in_with_too_many_rights()
    with as_owner():
        assert database_roles.signed_in_with_too_many_rights()


def test_the_context_of_a_change_is_history_after_a_day(db):
    """Until then later changes of the same request complete it."""
    number = uuid4()
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO pghistory_context (id, created_at, updated_at, metadata)"
            " VALUES (%s, now() - interval '25 hours', now(), '{}')",
            [number],
        )
    completes = pytest.raises(DatabaseError, match="history")
    with completes, transaction.atomic(), as_owner(), connection.cursor() as cursor:
        cursor.execute("UPDATE pghistory_context SET metadata = '{\"why\": 1}' WHERE id = %s", [number])


def test_a_context_only_grows(areas):
    """A later change in its name can add to it, but not remove who or why."""
    number = uuid4()
    said = [{"user": None, "url": "/a"}, {"user": 1, "why": "first"}, {"user": 99999, "more": 2}]
    with transaction.atomic(), connection.cursor() as cursor:
        for metadata in said:
            cursor.execute(
                "SELECT set_config('pghistory.context_id', %s, true),"
                " set_config('pghistory.context_metadata', %s, true)",
                [str(number), json.dumps(metadata)],
            )
            cursor.execute("UPDATE registry_area SET name_km = name_km || '.' WHERE code = '01'")
        cursor.execute("SELECT metadata FROM pghistory_context WHERE id = %s", [number])
        held = json.loads(cursor.fetchone()[0])
        assert held == {"user": 1, "url": "/a", "why": "first", "more": 2}

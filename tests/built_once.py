"""Fixtures that are built once in a run; each test gets their rows as they were written then.

Registering a family takes some sixty statements, writing its rows again takes one. Builders run before the
first test, with the settings and the clock as they are there, so a builder asks for other builders only.
The audit trail of the building is left out: its rows are a chain, which does not take rows from elsewhere.
"""

import inspect
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import translation

from tests.roles import as_owner

Key = tuple[str, str]
"""Module and name of a builder."""
_builders: dict[Key, Callable[..., Any]] = {}
_PRIMARY_KEYS = r"""
    SELECT c.oid::regclass::text, string_agg(quote_ident(a.attname), ', ')
    FROM pg_class c
    JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname NOT LIKE 'audit\_%'
    GROUP BY c.oid
"""


def built_once(build: Callable[..., Any]) -> Any:
    """In place of `pytest.fixture`, for what returns models or lists and dictionaries of them."""
    key = build.__module__, build.__name__
    _builders[key] = build

    def restored(snapshots: "Snapshots", db: None, **given: Any) -> Any:
        return snapshots[key].restore(given)

    asked_for = ["db", "snapshots", *inspect.signature(build).parameters]
    restored.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in asked_for]
    )
    restored.__name__, restored.__doc__, restored.__module__ = build.__name__, build.__doc__, build.__module__
    return pytest.fixture(restored)


@dataclass
class Snapshot:
    """What a builder returned and the arguments that it changed, pickled; statements that write its rows."""

    values: bytes
    statements: str

    def restore(self, given: dict[str, Any]) -> Any:
        if self.statements:
            with as_owner(), connection.cursor() as cursor:
                # The rows hold what triggers did already.
                cursor.execute(
                    f"SET LOCAL session_replication_role = replica; {self.statements}"
                    "SET LOCAL session_replication_role = origin"
                )
        result, left = pickle.loads(self.values)
        for name, changed in left.items():
            given[name].__dict__ = changed.__dict__
        return result


class WrittenAgain:
    """What commands load in tests that commit: the first of them in a run runs the commands, the others get
    the rows that they left, without those of the audit.
    """

    def __init__(self, *commands: str) -> None:
        self.commands = commands
        self.rows: Snapshot | None = None

    def load(self) -> None:
        """The tables are empty."""
        with transaction.atomic():
            if self.rows:
                self.rows.restore({})
                return
            before = _rows()
            for command in self.commands:
                call_command(command, verbosity=0)
            self.rows = Snapshot(pickle.dumps((None, {})), _statements(before))


class Snapshots(dict[Key, Snapshot]):
    def build(self) -> None:
        """All builders that the collected modules declare, in a transaction that is rolled back."""
        with translation.override("km"), transaction.atomic():
            for key in _builders:
                self._build(key)
            transaction.set_rollback(True)

    def _build(self, key: Key) -> None:
        if key in self:
            return
        for need in _needs(key):
            self._build(need)
        with transaction.atomic():
            restored: dict[Key, Any] = {}
            for need in _needs(key):
                self._restore(need, restored)
            before = _rows()
            given = {need[1]: restored[need] for need in _needs(key)}
            as_given = {name: pickle.dumps(value) for name, value in given.items()}
            result = _builders[key](**given)
            changed = {name: value for name, value in given.items() if pickle.dumps(value) != as_given[name]}
            self[key] = Snapshot(pickle.dumps((result, changed)), _statements(before))
            transaction.set_rollback(True)

    def _restore(self, key: Key, restored: dict[Key, Any]) -> None:
        if key not in restored:
            for need in _needs(key):
                self._restore(need, restored)
            restored[key] = self[key].restore({need[1]: restored[need] for need in _needs(key)})


def _needs(key: Key) -> list[Key]:
    """As pytest finds fixtures: in the module, then in each conftest above."""
    module, _ = key
    folders = module.split(".")[:-1]
    above = [".".join([*folders[:depth], "conftest"]) for depth in range(len(folders), 0, -1)]
    return [
        next((place, name) for place in (module, *above) if (place, name) in _builders)
        for name in inspect.signature(_builders[key]).parameters
    ]


@cache
def _primary_keys() -> dict[str, str]:
    """The columns by table."""
    with connection.cursor() as cursor:
        cursor.execute(_PRIMARY_KEYS)
        return dict(cursor.fetchall())


@as_owner()
def _rows() -> dict[str, dict[str, str]]:
    """The primary key of each row version, by table."""
    with connection.cursor() as cursor:
        tables = _primary_keys()
        cursor.execute(
            " UNION ALL ".join(
                f"SELECT '{table}', ctid::text, ROW({key})::text FROM {table}"
                for table, key in tables.items()
            )
        )
        found: dict[str, dict[str, str]] = {table: {} for table in tables}
        for table, version, key in cursor.fetchall():
            found[table][version] = key
    return found


@as_owner()
def _statements(before: dict[str, dict[str, str]]) -> str:
    """That lead from the row versions of `before` to those there are now."""
    statements = []
    with connection.cursor() as cursor:
        keys = _primary_keys()
        for table, now in _rows().items():
            gone = [key for version, key in before[table].items() if version not in now]
            written = list(now.keys() - before[table].keys())
            if gone:
                cursor.execute("SELECT quote_literal(%s::text[]::text)", [gone])
                (literal,) = cursor.fetchone()
                statements.append(
                    f"DELETE FROM {table} WHERE ROW({keys[table]})::text = ANY ({literal}::text[]);"
                )
            if written:
                cursor.execute(
                    f"SELECT quote_literal(array_agg(t)::text) FROM {table} t WHERE ctid = ANY (%s::tid[])",
                    [written],
                )
                (literal,) = cursor.fetchone()
                statements.append(
                    f"INSERT INTO {table} SELECT written.* FROM unnest({literal}::{table}[]) written;"
                )
    return "".join(statements)

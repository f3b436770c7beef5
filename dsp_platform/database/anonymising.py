"""Makes people unrecognisable in a restored copy of the database: for training and tests of whole releases.

Each domain says of each of its tables whether it is emptied, and of each column that can hold text whether it
is kept or by what it is replaced. A column of which nothing is said stops the command before it begins.
"""

import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction
from django.db.backends.postgresql.psycopg_any import sql

from dsp_platform.database.roles import is_history
from dsp_platform.encryption import crypto

HARMLESS = (
    models.BooleanField,
    models.DateField,
    models.DurationField,
    models.FloatField,
    models.DecimalField,
    models.IntegerField,
    models.TimeField,
    models.UUIDField,
    models.ForeignKey,
)
Step = Callable[[str], None]
"""Given the random key of this run, which is stored nowhere."""


@dataclass(slots=True)
class _Said:
    emptied: set[str] = field(default_factory=set)
    kept: dict[str, set[str]] = field(default_factory=dict)
    replaced: dict[str, dict[str, str]] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    written: dict[str, set[str]] = field(default_factory=dict)
    """Columns that a step replaces."""


_said = _Said()


def empty(*labels: str) -> None:
    """``app.Model`` of tables whose rows are all deleted, with their history."""
    _said.emptied.update(labels)


def keep(label: str, *columns: str) -> None:
    """Codes and words of the platform, which say nothing about a person."""
    _said.kept.setdefault(label, set()).update(columns)


def replace(label: str, **columns: str) -> None:
    """By an SQL expression over the row, also in the history; ``{id}`` is its key. Parameters: ``%(key)s``,
    that of the run, and ``%(nothing)s``, an empty text, encrypted.
    """
    _said.replaced.setdefault(label, {}).update(columns)


def replace_by_step(step: Step, **columns: Sequence[str]) -> None:
    """``columns``: by label with "__" for the dot, those that the step replaces, also in the history."""
    _said.steps.append(step)
    for label, names in columns.items():
        _said.written.setdefault(label.replace("__", "."), set()).update(names)


def tables() -> Iterator[Any]:
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy and not is_history(model):
            yield model


def columns_of(model: Any) -> list[str]:
    """Those that can hold what names a person."""
    return [
        one.column
        for one in model._meta.local_concrete_fields
        if not isinstance(one, HARMLESS) and not one.choices
    ]


def unsaid() -> list[str]:
    """``app.Model.column`` of which nothing is said."""
    found = []
    for model in tables():
        label = model._meta.label
        if label in _said.emptied:
            continue
        known = {
            *_said.kept.get(label, ()),
            *_said.replaced.get(label, ()),
            *_said.written.get(label, ()),
        }
        found += [f"{label}.{column}" for column in columns_of(model) if column not in known]
    return found


def history_table(model: Any) -> str | None:
    """Of a tracked model."""
    for one in apps.get_models():
        if getattr(one, "pgh_tracked_model", None) is model:
            return str(one._meta.db_table)
    return None


def run() -> None:
    """As the owner of the tables. All or nothing."""
    key = secrets.token_hex(32)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        _triggers("DISABLE")
        _empty()
        for model in tables():
            if columns := _said.replaced.get(model._meta.label):
                _replace(model, columns, key)
        for step in _said.steps:
            step(key)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        _triggers("ENABLE")


def _empty() -> None:
    names: list[str] = []
    for model in tables():
        if model._meta.label in _said.emptied:
            names += filter(None, (model._meta.db_table, history_table(model)))
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(map(sql.Identifier, names))))


def _replace(model: Any, columns: dict[str, str], key: str) -> None:
    parameters: dict[str, Any] = {"key": key, "nothing": crypto.encrypt("")}
    own = model._meta.pk.column
    for table, pk in ((model._meta.db_table, own), (history_table(model), "pgh_obj_id")):
        if table is None:
            continue
        there = _columns_in(table)
        pairs = ", ".join(
            f'"{column}" = {text.format(id=pk)}' for column, text in columns.items() if column in there
        )
        with connection.cursor() as cursor:
            cursor.execute(f'UPDATE "{table}" SET {pairs}', parameters)  # noqa: S608  # constants only


def _columns_in(table: str) -> set[str]:
    with connection.cursor() as cursor:
        return {one.name for one in connection.introspection.get_table_description(cursor, table)}


def _triggers(act: str) -> None:
    """Of history, append-only tables and guards: the history of the copy is replaced too."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger"
            " JOIN pg_class ON pg_class.oid = tgrelid"
            " WHERE NOT tgisinternal AND relnamespace = 'public'::regnamespace AND NOT relispartition"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} {act} TRIGGER USER")

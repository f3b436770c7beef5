"""New rows of one table in one statement, in a third of the time that ``bulk_create`` takes for a few.

The rows are one parameter, as JSON, which the database reads by the types of its columns.
"""

import json
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

from django.db import connection, models
from django.db.models.expressions import DatabaseDefault

INSERT = (
    'INSERT INTO "{table}" ({columns}) SELECT {columns}'
    ' FROM json_populate_recordset(NULL::"{table}", %s) RETURNING "{key}"'
)


def insert(rows: Sequence[models.Model]) -> None:
    """All of one model and not saved yet; they get their keys. As ``bulk_create``, it sends no signals."""
    if not rows:
        return
    model = type(rows[0])
    fields = [one for one in _fields(model) if not isinstance(getattr(rows[0], one.attname), DatabaseDefault)]
    written = [{field.column: _value(field, row) for field in fields} for row in rows]
    key = model._meta.pk
    statement = INSERT.format(
        table=model._meta.db_table,
        columns=", ".join(f'"{field.column}"' for field in fields),
        key=key.column,
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [json.dumps(written, default=_text, ensure_ascii=False)])
        for row, (given,) in zip(rows, cursor.fetchall(), strict=True):
            setattr(row, key.attname, given)
            row._state.adding, row._state.db = False, connection.alias


@cache
def _fields(model: type[models.Model]) -> list[Any]:
    return [field for field in model._meta.local_concrete_fields if not field.primary_key]


def _value(field: Any, row: models.Model) -> Any:
    value = getattr(row, field.attname)
    # Only a field of our own, as an encrypted one, stores something else than its value.
    return value if field.__module__.startswith("django.") else field.get_db_prep_value(value, connection)


def _text(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    value = getattr(value, "obj", value)  # of what the driver marks as binary
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    return str(value)

"""Columns of a row as JSON has them, so that what stood before can be kept, compared and written back."""

from collections.abc import Collection
from typing import Any

from django.db.models import Model

Row = dict[str, Any]
"""By column, its value."""


def values_of(row: Model, columns: Collection[str]) -> Row:
    return {name: _plain(getattr(row, name)) for name in columns}


def from_values(model: type[Model], values: Row) -> Row:
    """The same for the attributes of a row."""
    fields = {one.attname: one for one in model._meta.concrete_fields}
    return {name: _bytes(value) or fields[name].to_python(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return {"hex": bytes(value).hex()}
    return value.isoformat() if hasattr(value, "isoformat") else value


def _bytes(value: Any) -> bytes | None:
    return bytes.fromhex(value["hex"]) if isinstance(value, dict) and value.keys() == {"hex"} else None

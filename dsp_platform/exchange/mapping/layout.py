"""The mapping of a sharing agreement: which field goes to which column of the operator, and how written.

Its JSON shape is described in ``docs/reference/agreement-mapping.md``; ``mapping_schema`` judges it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date
from operator import attrgetter, itemgetter
from typing import Any

Value = str | int | bool | None
Encoder = Callable[[Value], Value]


class NoCode(Exception):
    """A value that the operator's code list has no word for; ``field`` names it, never the value."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    field: str
    encode: Encoder
    blank: Value


@dataclass(slots=True)
class Layout:
    """A mapping made ready for use. ``columns`` come after key, version, withdrawn flag and time."""

    table: tuple[str, ...]
    key_field: str
    key_column: str
    version_column: str
    withdrawn: Column
    withdrawn_at: Column | None
    columns: tuple[Column, ...]
    constants: tuple[tuple[str, Value], ...]
    written_at: str | None
    # Worked out once, because a row is made for every record.
    of_record: list[Value] = dataclass_field(init=False)
    take: Callable[[Mapping[str, Value]], Iterable[Value]] = dataclass_field(init=False)
    encoders: list[tuple[int, Encoder]] = dataclass_field(init=False)
    of_constants: list[Value] = dataclass_field(init=False)

    def __post_init__(self) -> None:
        self.of_record = [self.withdrawn.encode(False), *([None] if self.withdrawn_at else [])]
        self.take = _taker([column.field for column in self.columns])
        first = 2 + len(self.of_record)
        self.encoders = [
            (place, column.encode)
            for place, column in enumerate(self.columns, start=first)
            if column.encode is not _unchanged
        ]
        self.of_constants = [value for _name, value in self.constants]

    @property
    def column_names(self) -> list[str]:
        names = [self.key_column, self.version_column, self.withdrawn.name]
        if self.withdrawn_at:
            names.append(self.withdrawn_at.name)
        names += [column.name for column in self.columns]
        return names + [name for name, _value in self.constants]

    def record_row(self, version: int, values: Mapping[str, Value]) -> list[Value]:
        """Raises ``NoCode``."""
        row = [values[self.key_field], version, *self.of_record, *self.take(values), *self.of_constants]
        for place, encode in self.encoders:
            row[place] = encode(row[place])
        return row

    def tombstone_row(self, version: int, key: str, on: date) -> list[Value]:
        """Everything the operator knew of the subject is blanked; only the key and the fact remain."""
        row: list[Value] = [key, version, self.withdrawn.encode(True)]
        if self.withdrawn_at:
            row.append(self.withdrawn_at.encode(on.isoformat()))
        row += [column.blank for column in self.columns]
        return row + self.of_constants


def _taker(fields: Sequence[str]) -> Callable[[Mapping[str, Value]], Iterable[Value]]:
    """``itemgetter`` is the fastest there is, but gives one item bare."""
    if len(fields) > 1:
        return itemgetter(*fields)
    return lambda values: [values[field] for field in fields]


class _Codes(dict[Value, Value]):
    """A code list. Words are found as in any dictionary; what else there is comes by here."""

    def __init__(self, field: str, codes: Mapping[str, Value]) -> None:
        super().__init__(codes.items())
        self.field = field

    def __missing__(self, value: Value) -> Value:
        if value is None or value == "":
            return self.get("")
        if isinstance(value, str):
            raise NoCode(self.field)
        return self[str(value).lower()]


def _values(field: str, codes: Mapping[str, Value]) -> Encoder:
    return _Codes(field, codes).__getitem__


# What can be filled in without strftime, which takes four times as long.
_PARTS_OF_DATE = {"d": ("day", "%02d"), "m": ("month", "%02d"), "Y": ("year", "%04d")}


def _date_text(form: str) -> Encoder:
    parts = re.findall("%(.?)", form)
    if not parts or not _PARTS_OF_DATE.keys() >= set(parts):
        return lambda value: date.fromisoformat(str(value)).strftime(form) if value else None
    filled = re.sub("%(.)", lambda found: _PARTS_OF_DATE[found[1]][1], form)
    take = attrgetter(*(_PARTS_OF_DATE[part][0] for part in parts))
    return lambda value: filled % take(date.fromisoformat(str(value))) if value else None


def _boolean(words: Sequence[Value]) -> Encoder:
    no, yes = words

    def encode(value: Value) -> Value:
        return None if value is None else yes if value else no

    return encode


def _part(part: str) -> Encoder:
    def encode(value: Value) -> Value:
        return int(getattr(date.fromisoformat(str(value)), part)) if value else None

    return encode


def _unchanged(value: Value) -> Value:
    return value


def _encoder(field: str, spec: Mapping[str, Any]) -> Encoder:
    if "values" in spec:
        return _values(field, spec["values"])
    if "date_text" in spec:
        return _date_text(spec["date_text"])
    if "boolean" in spec:
        return _boolean(spec["boolean"])
    if "part" in spec:
        return _part(spec["part"])
    return _unchanged


def _column(field: str, spec: str | Mapping[str, Any]) -> Column:
    if isinstance(spec, str):
        spec = {"column": spec}
    return Column(spec["column"], field, _encoder(field, spec), spec.get("blank"))


def _specs(mapping: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """A field may fill several columns: its entry is then a list."""
    for field, entry in mapping["columns"].items():
        for spec in entry if isinstance(entry, list) else [entry]:
            yield field, spec


def table_name(spec: str | Sequence[str]) -> tuple[str, ...]:
    """``schema.table``, or a list where a name has a dot of its own. Raises TypeError."""
    names = tuple(spec.split(".") if isinstance(spec, str) else spec)
    if not names or not all(isinstance(name, str) and name for name in names):
        raise TypeError("a table has a name")
    return names


def compile_mapping(mapping: Mapping[str, Any]) -> Layout:
    """Raises KeyError, TypeError or AttributeError for a mapping that has problems."""
    withdrawn = mapping["withdrawn"]
    at = withdrawn.get("at") if isinstance(withdrawn, dict) else None
    flag = _column("withdrawn", withdrawn)
    return Layout(
        table=table_name(mapping["table"]),
        key_field=mapping["key"]["field"],
        key_column=mapping["key"]["column"],
        version_column=mapping["version"],
        withdrawn=flag,
        withdrawn_at=_column("withdrawn", at) if at else None,
        columns=tuple(_column(field, spec) for field, spec in _specs(mapping)),
        constants=tuple(mapping.get("constants", {}).items()),
        written_at=mapping.get("written_at"),
    )

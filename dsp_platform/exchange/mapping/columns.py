"""Columns of an operator, and how a value is written into each."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from operator import attrgetter
from typing import Annotated, Any, Literal

import regex
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

Value = str | int | bool | None
Encoder = Callable[[Value], Value]

LONGEST_NAME = 63  # bytes, as PostgreSQL keeps them
LONGEST_TEXT = 200

_PART = r"[\p{L}_][\p{L}\p{M}\p{N}_$]*"
NAME = regex.compile(rf"{_PART}(?:\.{_PART})*")
_DATE_TEXT = regex.compile(r"(?:[^%\p{C}\p{Zl}\p{Zp}]|%[dmYyjb%]){1,40}")


class NoCode(Exception):
    """A value that the operator's code list does not have; ``field`` names its field, never the value."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class MappingPart(BaseModel):
    """Strict, because names are written into statements for the operator's database and whoever approves a
    mapping reads every part of it: a part without a meaning is refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def _checked_name(name: str) -> str:
    if len(name.encode()) > LONGEST_NAME or not NAME.fullmatch(name):
        raise ValueError("not a name")
    return name


def _checked_date_text(form: str) -> str:
    if "%" not in form or not _DATE_TEXT.fullmatch(form):
        raise ValueError("not the form of a date")
    return form


Name = Annotated[str, Field(max_length=LONGEST_NAME), AfterValidator(_checked_name)]
"""Of a table or a column; in a message over CamDX the path to it, with dots."""

Code = (
    Annotated[str, Field(max_length=LONGEST_TEXT)]
    | Annotated[int, Field(gt=-(2**63), lt=2**63)]
    | bool
    | None
)


class Column(MappingPart):
    """A value is written as it is. ``blank`` is what a withdrawal writes."""

    column: Name
    blank: Code = None

    def encoder(self, field: str) -> Encoder | None:
        """What writes a value of this field; None where it stays as it is. May raise NoCode."""
        return None


class CodeListColumn(Column):
    values: dict[str, Code]

    def encoder(self, field: str) -> Encoder:
        return _Codes(field, self.values).__getitem__


class BooleanColumn(Column):
    boolean: Annotated[list[Code], Field(min_length=2, max_length=2)]
    """For no and for yes."""

    def encoder(self, field: str) -> Encoder:
        no, yes = self.boolean
        return lambda value: None if value is None else yes if value else no


# What can be filled in without strftime, which takes four times as long.
_PARTS_OF_DATE = {"d": ("day", "%02d"), "m": ("month", "%02d"), "Y": ("year", "%04d")}


class DateTextColumn(Column):
    date_text: Annotated[str, AfterValidator(_checked_date_text)]

    def encoder(self, field: str) -> Encoder:
        form = self.date_text
        parts: Sequence[str] = re.findall("%(.?)", form)
        if not _PARTS_OF_DATE.keys() >= set(parts):
            return lambda value: date.fromisoformat(str(value)).strftime(form) if value else None
        filled = re.sub("%(.)", lambda found: _PARTS_OF_DATE[found[1]][1], form)
        take = attrgetter(*(_PARTS_OF_DATE[part][0] for part in parts))
        return lambda value: filled % take(date.fromisoformat(str(value))) if value else None


class DatePartColumn(Column):
    part: Literal["year", "month", "day"]

    def encoder(self, field: str) -> Encoder:
        take = attrgetter(self.part)
        return lambda value: int(take(date.fromisoformat(str(value)))) if value else None


def spelled_out(spec: Any) -> Any:
    """A column that is only named needs no object."""
    return {"column": spec} if isinstance(spec, str) else spec


def _with_both_codes(flag: Column) -> Column:
    if isinstance(flag, CodeListColumn) and not flag.values.keys() >= {"false", "true"}:
        raise ValueError("a code list without false or true")
    return flag


AnyColumn = Annotated[
    Column | CodeListColumn | BooleanColumn | DateTextColumn | DatePartColumn, BeforeValidator(spelled_out)
]
FlagColumn = Annotated[
    Column | CodeListColumn | BooleanColumn, BeforeValidator(spelled_out), AfterValidator(_with_both_codes)
]
DateColumn = Annotated[Column | DateTextColumn | DatePartColumn, BeforeValidator(spelled_out)]


class _Codes(dict[Value, Value]):
    """A code list. Words are found as in any dictionary; every other value is looked up as a word."""

    def __init__(self, field: str, codes: Mapping[str, Value]) -> None:
        super().__init__(codes.items())
        self.field = field

    def __missing__(self, value: Value) -> Value:
        if value is None or value == "":
            return self.get("")
        if isinstance(value, str):
            raise NoCode(self.field)
        return self[str(value).lower()]

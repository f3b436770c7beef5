"""What a mapping may say, and what is wrong with one that says anything else.

Strict, because it is written into statements for the operator's database, and whoever approves it reads every
part: no part without a meaning, no name that is none. Tables and services of CamDX have the same shape.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import regex
from django.utils.translation import gettext as _

NEEDED = ("table", "key", "version", "withdrawn", "columns")
PARTS = {*NEEDED, "constants", "removed", "written_at"}
SIMPLE_KEYS = {"column", "blank"}
ENCODINGS = {"values", "date_text", "boolean", "part"}
OF_FLAG, OF_DATE = {"values", "boolean"}, {"date_text", "part"}
LONGEST_NAME = 63  # bytes, as PostgreSQL keeps them
LONGEST_TEXT = 200
SIGNS_OF_DATE = "dmYyjb%"

_NAME = regex.compile(r"[\p{L}_][\p{L}\p{M}\p{N}_$]*")
# A column, or for a message the path to it.
_PATH = regex.compile(rf"{_NAME.pattern}(?:\.{_NAME.pattern})*")
_DATE_TEXT = regex.compile(rf"(?:[^%\p{{C}}\p{{Zl}}\p{{Zp}}]|%[{SIGNS_OF_DATE}]){{1,40}}")


def mapping_problems(mapping: Any, fields: Sequence[str]) -> list[str]:
    """What is wrong with a mapping, in words, for the agreement whose ``fields`` these are."""
    if not isinstance(mapping, dict):
        return [_("The mapping must be a JSON object.")]
    problems = [
        _("The mapping lacks “%(part)s”.") % {"part": part} for part in NEEDED if not mapping.get(part)
    ]
    problems += [
        _("The mapping has no part “%(part)s”.") % {"part": part} for part in sorted(mapping.keys() - PARTS)
    ]
    return problems or [*_shape_problems(mapping, fields)] or [*_filled_twice(mapping)]


def _shape_problems(mapping: Mapping[str, Any], fields: Sequence[str]) -> Iterator[str]:
    if not _is_table(mapping["table"]):
        yield _("The name of the table cannot be read.")
    yield from _key_problems(mapping["key"], fields)
    if not _is_name(mapping["version"]):
        yield _("The column of the version cannot be read.")
    if not _is_withdrawn(mapping["withdrawn"]):
        yield _("The column of the withdrawal cannot be read.")
    if mapping.get("written_at") is not None and not _is_name(mapping["written_at"]):
        yield _("The column of the time of writing cannot be read.")
    yield from _constant_problems(mapping.get("constants", {}))
    removed = mapping.get("removed", [])
    if not isinstance(removed, list) or not all(map(_is_name, removed)):
        yield _("The columns that are gone must be a JSON list of names.")
    yield from _column_problems(mapping["columns"], fields)


def _key_problems(key: Any, fields: Sequence[str]) -> Iterator[str]:
    if not isinstance(key, dict) or key.keys() != {"field", "column"} or not _is_name(key["column"]):
        yield _("The key must name a field and a column.")
    elif key["field"] not in fields:
        yield _("The key field “%(field)s” is not in the agreement.") % {"field": key["field"]}


def _constant_problems(constants: Any) -> Iterator[str]:
    if not isinstance(constants, dict):
        yield _("The constants must be a JSON object.")
    elif not all(_is_name(name) and _is_scalar(value) for name, value in constants.items()):
        yield _("The constants must be names of columns, each with one word, number, true, false or null.")


def _column_problems(columns: Any, fields: Sequence[str]) -> Iterator[str]:
    if not isinstance(columns, dict):
        yield _("The columns must be a JSON object.")
        return
    for field, entry in columns.items():
        if field not in fields:
            yield _("The field “%(field)s” is not in the agreement.") % {"field": field}
        several = entry if isinstance(entry, list) else [entry]
        if not several or not all(_is_name(spec) or _is_column(spec, ENCODINGS) for spec in several):
            yield _("The column of “%(field)s” cannot be read.") % {"field": field}


def _filled_twice(mapping: Mapping[str, Any]) -> Iterator[str]:
    """Of a mapping that has its shape."""
    withdrawn = mapping["withdrawn"]
    at = withdrawn.get("at") if isinstance(withdrawn, dict) else None
    specs = [mapping["key"], mapping["version"], withdrawn, at, mapping.get("written_at")]
    for entry in mapping["columns"].values():
        specs += entry if isinstance(entry, list) else [entry]
    names = [spec["column"] if isinstance(spec, dict) else spec for spec in specs if spec is not None]
    names += mapping.get("constants", {})
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield _("The column “%(column)s” is filled twice.") % {"column": name}


def _is_table(table: Any) -> bool:
    """A name, behind the one of its schema or not; in a list where a name has a dot of its own."""
    parts = table.split(".") if isinstance(table, str) else table
    if not isinstance(parts, list) or not 1 <= len(parts) <= 2:
        return False
    return all(map(_is_name, parts))


def _is_name(name: Any) -> bool:
    return (
        isinstance(name, str)
        and len(name) <= LONGEST_NAME
        and len(name.encode(errors="replace")) <= LONGEST_NAME
        and _PATH.fullmatch(name) is not None
    )


def _is_scalar(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= LONGEST_TEXT
    return value is None or (isinstance(value, int) and abs(value) < 2**63)


def _is_withdrawn(spec: Any) -> bool:
    if not isinstance(spec, dict):
        return _is_name(spec)
    at = spec.get("at")
    rest = {name: value for name, value in spec.items() if name != "at"}
    values = spec.get("values")
    if isinstance(values, dict) and not values.keys() >= {"false", "true"}:
        return False
    return _is_column(rest, OF_FLAG) and (at is None or _is_name(at) or _is_column(at, OF_DATE))


def _is_column(spec: Any, encodings: Collection[str]) -> bool:
    if not isinstance(spec, dict) or not _is_name(spec.get("column")):
        return False
    used = spec.keys() - SIMPLE_KEYS
    return len(used) < 2 and used <= set(encodings) and _is_scalar(spec.get("blank")) and _is_encoded(spec)


def _is_encoded(spec: Mapping[str, Any]) -> bool:
    codes, words, form = spec.get("values", {}), spec.get("boolean", [0, 1]), spec.get("date_text", "%d")
    return (
        isinstance(codes, dict)
        and all(map(_is_scalar, codes.values()))
        and isinstance(words, list)
        and len(words) == 2
        and all(map(_is_scalar, words))
        and isinstance(form, str)
        and "%" in form
        and _DATE_TEXT.fullmatch(form) is not None
        and spec.get("part", "year") in ("year", "month", "day")
    )

"""The rows of a mapping in the form of a draft: where a record stands, and a row for each of its fields."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.admin.json_rows import Cell, Cells, Part, Sheet, put_at
from dsp_platform.exchange.contract import Labels, RecordKind, name_of, registered
from dsp_platform.exchange.mapping.codes_as_typed import as_typed, from_typed
from dsp_platform.exchange.mapping.columns import spelled_out
from dsp_platform.exchange.mapping.words import words_of
from dsp_platform.translations.label import Label

FORMS = {
    "%d/%m/%Y": "31/12/2026",
    "%d-%m-%Y": "31-12-2026",
    "%d.%m.%Y": "31.12.2026",
    "%Y/%m/%d": "2026/12/31",
    "%Y.%m.%d": "2026.12.31",
    "%Y%m%d": "20261231",
    "%d%m%Y": "31122026",
    "%m/%d/%Y": "12/31/2026",
    "%m/%Y": "12/2026",
    "%d/%m/%y": "31/12/26",
}
"""By form: the last day of 2026 written so."""
PARTS: dict[str, Label] = {
    "year": gettext_lazy("only the year, a number"),
    "month": gettext_lazy("only the month, a number"),
    "day": gettext_lazy("only the day, a number"),
}
HOW: list[tuple[str, Label]] = [("", gettext_lazy("as it is")), *FORMS.items(), *PARTS.items()]
COLUMN = gettext_lazy("Column")
SPARE_CONSTANTS = 2
SPARE_COLUMNS = 2
KNOWN = ("table", "key", "version", "withdrawn", "written_at", "constants", "removed", "columns")


class WordsOfPart(Part):
    def in_words(self, spec: Any) -> str:
        return words_of(spec) or "–"


class OtherPart(WordsOfPart):
    """What no row is for: it can only be kept or taken out."""

    def is_inexpressible(self, spec: Any) -> bool:
        return spec is not None


class NamePart(WordsOfPart):
    """A name, such as the table's."""

    @property
    def cells(self) -> Sequence[Cell]:
        return [Cell("name", self.label)]

    def show(self, spec: Any) -> Cells:
        return {"name": ".".join(spec) if isinstance(spec, list) else str(spec)}

    def make(self, typed: Cells) -> Any:
        return typed["name"] or None

    def normal(self, spec: Any) -> Any:
        parts = spec if isinstance(spec, list) else [spec]
        return spec if any("." in part for part in parts) and len(parts) > 1 else ".".join(parts)


class NamesPart(NamePart):
    """Several names, with commas between them."""

    def show(self, spec: Any) -> Cells:
        return {"name": ", ".join(spec)}

    def make(self, typed: Cells) -> Any:
        return [name for one in typed["name"].split(",") if (name := one.strip())] or None

    def normal(self, spec: Any) -> Any:
        return spec or None


@dataclass(frozen=True, kw_only=True)
class KeyPart(WordsOfPart):
    keys: Mapping[str, Label]

    @property
    def cells(self) -> Sequence[Cell]:
        return [Cell("field", _("Field"), [("", "–"), *self.keys.items()]), Cell("column", COLUMN)]

    def show(self, spec: Any) -> Cells:
        return {"field": spec["field"], "column": spec["column"]}

    def make(self, typed: Cells) -> Any:
        return {name: text for name, text in typed.items() if text} or None


def _encoding(typed: Cells, words: Collection[str], how: str) -> dict[str, Any]:
    """Codes of the words, or the form of a date; empty where the value is written as it is."""
    codes = {word: from_typed(typed[word]) for word in words if typed.get(word)}
    if codes and set(words) == {"false", "true"}:
        if len(codes) < 2:
            raise forms.ValidationError(_("Write a code for both, or for neither."))
        return {"boolean": [codes["false"], codes["true"]]}
    if codes:
        return {"values": codes}
    if how:
        return {"part": how} if how in PARTS else {"date_text": how}
    return {}


def _shown_encoding(spec: Mapping[str, Any], words: Collection[str]) -> dict[str, str]:
    codes = _with_boolean(spec).get("values", {})
    if unknown := set(codes) - set(words):
        raise ValueError(unknown)
    return {word: as_typed(code) for word, code in codes.items()}


def _with_boolean(spec: Mapping[str, Any]) -> dict[str, Any]:
    """``boolean`` as the code list that it is."""
    named = dict(spec)
    if "boolean" in named:
        no, yes = named.pop("boolean")
        named["values"] = {"false": no, "true": yes}
    return named


def _how(spec: Mapping[str, Any]) -> str:
    return str(spec.get("part") or spec.get("date_text") or "")


def _as_named(spec: Any) -> Any:
    """One way to write it: a bare name where there is nothing else, ``boolean`` for codes of no and yes."""
    named = dict(spelled_out(spec))
    if named.get("values", {}).keys() == {"false", "true"}:
        codes = named.pop("values")
        named["boolean"] = [codes["false"], codes["true"]]
    if named.get("blank", "") is None:
        del named["blank"]
    return named["column"] if named.keys() == {"column"} else named


@dataclass(frozen=True, kw_only=True)
class FieldPart(WordsOfPart):
    """One field: its column, or several, and how its value is written there."""

    words: Labels
    is_date: bool
    count: int = 1

    @property
    def cells(self) -> Sequence[Cell]:
        return [cell for place in range(self.count) for cell in self._cells(f"{place}-")]

    def _cells(self, place: str) -> Iterator[Cell]:
        yield Cell(f"{place}column", COLUMN)
        if self.is_date:
            yield Cell(f"{place}how", _("How it is written"), HOW)
        for word, label in self.words.items():
            yield Cell(f"{place}{word}", label, is_short=True)
        yield Cell(f"{place}blank", _("After a withdrawal"), is_short=True)

    def show(self, spec: Any) -> Cells:
        found: dict[str, str] = {}
        for place, one in enumerate(spec if isinstance(spec, list) else [spec]):
            named = spelled_out(one)
            shown = {"column": named["column"], "how": _how(named), **_shown_encoding(named, self.words)}
            if named.get("blank") is not None:
                shown["blank"] = as_typed(named["blank"])
            found |= {f"{place}-{name}": text for name, text in shown.items()}
        return found

    def make(self, typed: Cells) -> Any:
        made = []
        for place in range(self.count):
            start = f"{place}-"
            own = {name.removeprefix(start): text for name, text in typed.items() if name.startswith(start)}
            if any(own.values()):
                made.append(column_spec(own, self.words))
        return made[0] if len(made) == 1 else made or None

    def normal(self, spec: Any) -> Any:
        every = [_as_named(one) for one in (spec if isinstance(spec, list) else [spec])]
        return every[0] if len(every) == 1 else every


def column_spec(typed: Cells, words: Collection[str]) -> Any:
    if not typed["column"]:
        raise forms.ValidationError(_("Name the column."))
    how = typed.get("how", "")
    if how and how not in dict(HOW):
        raise forms.ValidationError(_("Choose one of the list."))
    spec = {"column": typed["column"], **_encoding(typed, words, how)}
    if typed.get("blank"):
        spec["blank"] = from_typed(typed["blank"])
    return _as_named(spec)


class WithdrawnPart(WordsOfPart):
    """The column that tells a withdrawal from a record, and the one for its day."""

    @property
    def cells(self) -> Sequence[Cell]:
        return [
            Cell("column", COLUMN),
            Cell("false", _("of a record"), is_short=True),
            Cell("true", _("of a withdrawal"), is_short=True),
            Cell("at", _("Column of the day of the withdrawal")),
            Cell("how", _("How it is written"), HOW),
        ]

    def show(self, spec: Any) -> Cells:
        named = spelled_out(spec)
        at = spelled_out(named.get("at")) or {"column": ""}
        shown = {"column": named["column"], "at": at["column"], "how": _how(at)}
        return {**shown, **_shown_encoding(named, ("false", "true"))}

    def make(self, typed: Cells) -> Any:
        if not any(typed.values()):
            return None
        flag = spelled_out(column_spec({**typed, "how": ""}, ("false", "true")))
        if not typed["at"]:
            if typed["how"]:
                raise forms.ValidationError(_("Name the column."))
            return _as_named(flag)
        return {**flag, "at": column_spec({"column": typed["at"], "how": typed["how"]}, ())}

    def normal(self, spec: Any) -> Any:
        named = dict(spelled_out(spec))
        at = named.pop("at", None)
        flag = _as_named(named)
        return {**spelled_out(flag), "at": _as_named(at)} if at else flag


class ConstantPart(WordsOfPart):
    @property
    def cells(self) -> Sequence[Cell]:
        return [Cell("value", _("What is written"))]

    def show(self, spec: Any) -> Cells:
        return {"value": as_typed(spec)}

    def make(self, typed: Cells) -> Any:
        return from_typed(typed["value"]) if typed["value"] else None


class NewConstantPart(WordsOfPart):
    @property
    def cells(self) -> Sequence[Cell]:
        return [Cell("column", COLUMN), Cell("value", _("What is written"))]

    def put(self, value: dict[str, Any], typed: Cells) -> None:
        if not typed["column"]:
            raise forms.ValidationError(_("Name the column."))
        constants = value.get("constants")
        value["constants"] = {
            **(constants if isinstance(constants, dict) else {}),
            typed["column"]: from_typed(typed["value"]) if typed["value"] else None,
        }


@dataclass(frozen=True, kw_only=True)
class MoreColumnsPart(WordsOfPart):
    """A further column of a field that has one."""

    fields: Mapping[str, Label]
    dates: Collection[str]

    @property
    def cells(self) -> Sequence[Cell]:
        return [
            Cell("field", _("Field"), [("", "–"), *self.fields.items()]),
            Cell("column", COLUMN),
            Cell("how", _("How it is written"), HOW),
            Cell("blank", _("After a withdrawal"), is_short=True),
        ]

    def put(self, value: dict[str, Any], typed: Cells) -> None:
        field = typed["field"]
        if field not in self.fields:
            raise forms.ValidationError(_("Choose the field."))
        if typed["how"] and field not in self.dates:
            raise forms.ValidationError(_("Only a date can be written so."))
        columns = value.get("columns")
        now = columns.get(field) if isinstance(columns, dict) else None
        every = [] if now is None else now if isinstance(now, list) else [now]
        made = [*every, column_spec(typed, ())]
        put_at(value, ("columns", field), made[0] if len(made) == 1 else made)


def sheet_of(mapping: Any, kind: RecordKind | None, agreed: Collection[str]) -> Sheet:
    """The rows of a draft of this kind of record: its agreed fields come first. Without a kind: of all."""
    stored = mapping if isinstance(mapping, dict) else {}
    kinds = [kind] if kind else list(registered.kinds.values())
    keys = {key: labels.get(key, key) for known in kinds for labels in [known.labels] for key in known.keys}
    match stored.get("key"):
        case {"field": str(field)} if field not in keys:  # of another kind of record: it stays until changed
            keys[field] = field
    return Sheet([*_frame(stored, keys), *_fields(stored, kinds, agreed)], stored)


def _frame(stored: Mapping[str, Any], keys: Mapping[str, Label]) -> Iterator[Part]:
    group = _("Where a record stands")
    yield NamePart(path=("table",), label=_("Table of the operator"), group=group)
    yield KeyPart(path=("key",), label=_("Key of a record"), group=group, keys=keys)
    yield NamePart(path=("version",), label=_("Column of the version"), group=group)
    yield WithdrawnPart(path=("withdrawn",), label=_("How a withdrawal is marked"), group=group)
    yield NamePart(path=("written_at",), label=_("Column of the time of writing"), group=group)
    constants = stored.get("constants")
    for column, value in constants.items() if isinstance(constants, dict) else ():
        label = _("The same in every record: %(column)s") % {"column": column}
        part = OtherPart if value is None else ConstantPart
        yield part(path=("constants", column), label=label, group=group, help="null" if value is None else "")
    for place in range(SPARE_CONSTANTS):
        yield NewConstantPart(
            path=(f"new_constant_{place}",), label=_("The same in every record"), group=group
        )
    yield NamesPart(
        path=("removed",), label=_("Columns that are gone"), group=group, help=_("With commas between them.")
    )
    for name in stored:
        if name not in KNOWN:
            yield OtherPart(path=(name,), label=name, group=group)


def _fields(
    stored: Mapping[str, Any], kinds: Sequence[RecordKind], agreed: Collection[str]
) -> Iterator[Part]:
    columns = stored.get("columns")
    filled: Mapping[str, Any] = columns if isinstance(columns, dict) else {}
    every: dict[str, RecordKind | None] = {}
    # Once: fields and their labels are read from the questions of the programmes.
    of_kinds = {kind.name: list(kind.fields) for kind in kinds}
    all_labels = {kind.name: kind.labels for kind in kinds}
    for kind in kinds:
        every |= {name: kind for name in of_kinds[kind.name] if name not in every}
    every |= {name: None for name in filled if name not in every}
    fields = sorted(every, key=lambda name: name not in agreed and name not in filled)
    all_words = {kind.name: kind.words for kind in kinds}
    for name in fields:
        known, spec = every[name], filled.get(name)
        yield FieldPart(
            path=("columns", name),
            label=all_labels[known.name].get(name, name) if known else name,
            group=_group_of(name, of_kinds, agreed, filled),
            words=all_words[known.name].get(name, {}) if known else {},
            is_date=name in known.dates if known else False,
            count=max(1, len(spec)) if isinstance(spec, list) else 1,
        )
    labels = {name: all_labels[known.name].get(name, name) for name, known in every.items() if known}
    for place in range(SPARE_COLUMNS):
        yield MoreColumnsPart(
            path=(f"more_{place}",),
            label=_("A further column of a field"),
            group=_("Fields that go to several columns"),
            fields=labels,
            dates=[name for kind in kinds for name in kind.dates],
        )


def _group_of(
    name: str, of_kinds: Mapping[str, Sequence[str]], agreed: Collection[str], filled: Collection[str]
) -> str:
    """Without a kind the fields stand by kind, those of several kinds before them."""
    if len(of_kinds) == 1:
        return _("Fields of the agreement") if name in agreed or name in filled else _("Other fields")
    having = [kind for kind, fields in of_kinds.items() if name in fields]
    return _("Fields of several kinds of record") if len(having) > 1 else name_of("".join(having))

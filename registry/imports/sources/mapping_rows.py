"""The rows of a mapping in the form of a source: a row for each value that the registry can read."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.admin.json_rows import Cell, Cells, Part, Sheet
from dsp_platform.exchange.mapping.columns import spelled_out
from dsp_platform.translations.label import Label
from registry.imports.mapping.schema import Columns, Constants
from registry.imports.sources.labels import FIELDS
from registry.imports.sources.mapping_words import ORDERS, PARTS, VALUES, column_in_words

BETWEEN = ";"
DATES = ("born", "poverty_valid_to", "since")
NAMES = ("name", "latin_name")
PLACES = ("code", "village", "commune", "district", "province")
YEAR_MONTH_DAY = ("year", "month", "day")
COLUMN = gettext_lazy("Heading of the column")


def _named(typed: Cells) -> dict[str, str]:
    return {name: text for name, text in typed.items() if text}


def _as_named(spec: Any) -> Any:
    named = dict(spelled_out(spec))
    return named["column"] if named.keys() == {"column"} else named


class SourcePart(Part):
    def normal(self, spec: Any) -> Any:
        return _as_named(spec)

    def in_words(self, spec: Any) -> str:
        return column_in_words(self.path[-1], spec) or "–"


class OtherPart(SourcePart):
    """What no row is for: it can only be kept or taken out."""

    def is_inexpressible(self, spec: Any) -> bool:
        return spec is not None


@dataclass(frozen=True, kw_only=True)
class TextPart(SourcePart):
    """One text, chosen where there are ``choices``."""

    heading: Label = COLUMN
    choices: Sequence[tuple[str, Label]] = ()

    @property
    def cells(self) -> Sequence[Cell]:
        return [Cell("column", self.heading, self.choices)]

    def show(self, spec: Any) -> Cells:
        if isinstance(spec, list):  # the parts of a table's name
            return {"column": ".".join(spec)}
        return {"column": spelled_out(spec)["column"]}

    def make(self, typed: Cells) -> Any:
        return typed["column"] or None

    def normal(self, spec: Any) -> Any:
        if isinstance(spec, list):
            return spec if any("." in part for part in spec) else ".".join(spec)
        return _as_named(spec) or None


class NamePart(SourcePart):
    """Both names in one column."""

    @property
    def cells(self) -> Sequence[Cell]:
        orders = [(order, ORDERS[order]) for order in ("family_first", "given_first")]
        return [Cell("column", COLUMN), Cell("order", _("Order"), [("", "–"), *orders])]

    def show(self, spec: Any) -> Cells:
        return dict(spelled_out(spec))

    def make(self, typed: Cells) -> Any:
        return _with_column(_named(typed))


def _with_column(named: Mapping[str, Any]) -> Any:
    if named and "column" not in named:
        raise forms.ValidationError(_("Name the column."))
    return _as_named(named) if named else None


class CodedPart(SourcePart):
    """By each value of the registry, what the source writes for it."""

    @property
    def words(self) -> Mapping[str, Label]:
        return VALUES[self.path[-1]]

    @property
    def cells(self) -> Sequence[Cell]:
        coded = [Cell(f"is_{word}", label, is_short=True) for word, label in self.words.items()]
        return [Cell("column", COLUMN), *coded]

    def show(self, spec: Any) -> Cells:
        named = spelled_out(spec)
        shown: dict[str, str] = {"column": named["column"]}
        for written, word in named.get("values", {}).items():
            before = shown.get(f"is_{word}")
            shown[f"is_{word}"] = f"{before}{BETWEEN} {written}" if before else written
        return shown

    def make(self, typed: Cells) -> Any:
        values: dict[str, str] = {}
        for word in self.words:
            for one in typed[f"is_{word}"].split(BETWEEN):
                if (written := one.strip()) and values.setdefault(written, word) != word:
                    raise forms.ValidationError(
                        _("“%(written)s” stands for two values.") % {"written": written}
                    )
        named: dict[str, Any] = {"column": typed["column"]} if typed["column"] else {}
        return _with_column({**named, "values": values} if values else named)


class DayPart(SourcePart):
    """A date in one column, or in one each for year, month and day."""

    @property
    def cells(self) -> Sequence[Cell]:
        orders = [(order, ORDERS[order]) for order in ("day_first", "month_first")]
        return [
            Cell("column", COLUMN),
            Cell("order", _("Order"), [("", "–"), *orders]),
            Cell("january_first_is_year", _("1 January: only the year is known"), is_tick=True),
            *(Cell(part, _("or column of: %(part)s") % {"part": PARTS[part]}) for part in YEAR_MONTH_DAY),
        ]

    def show(self, spec: Any) -> Cells:
        named = dict(spelled_out(spec))
        if "january_first_is_year" in named:
            named["january_first_is_year"] = "1" if named["january_first_is_year"] else ""
        return named

    def make(self, typed: Cells) -> Any:
        named: dict[str, Any] = _named(typed)
        if named.pop("january_first_is_year", ""):
            named["january_first_is_year"] = True
        parts = {name: named.pop(name) for name in YEAR_MONTH_DAY if name in named}
        if parts and named:
            raise forms.ValidationError(_("A date stands in one column, or in several; not in both."))
        if parts and "year" not in parts:
            raise forms.ValidationError(_("Name the column of the year."))
        return parts or _with_column(named)


class VillagePart(SourcePart):
    @property
    def cells(self) -> Sequence[Cell]:
        return [Cell(part, _("Column of: %(part)s") % {"part": PARTS[part]}) for part in PLACES]

    def show(self, spec: Any) -> Cells:
        return {"code": spec} if isinstance(spec, str) else dict(spec)

    def make(self, typed: Cells) -> Any:
        return _named(typed) or None

    def normal(self, spec: Any) -> Any:
        return {"code": spec} if isinstance(spec, str) else spec


class DocumentsPart(SourcePart):
    """One column for each kind of document, in the order of the kinds."""

    @property
    def cells(self) -> Sequence[Cell]:
        return [Cell(kind, label) for kind, label in VALUES["documents"].items()]

    def show(self, spec: Any) -> Cells:
        return {one["type"]: one["column"] for one in spec}

    def make(self, typed: Cells) -> Any:
        return [{"type": kind, "column": column} for kind, column in _named(typed).items()] or None

    def normal(self, spec: Any) -> Any:
        return sorted(spec, key=lambda one: list(VALUES["documents"]).index(one["type"])) or None


class ConstantPart(TextPart):
    def show(self, spec: Any) -> Cells:
        return {"column": spec}

    def normal(self, spec: Any) -> Any:
        return spec or None


def part_of(field: str, group: Label) -> Part:
    """The row of one value of the registry."""
    given: dict[str, Any] = {"path": ("columns", field), "label": FIELDS[field], "group": group}
    if field in DATES:
        return DayPart(**given)
    if field in NAMES:
        return NamePart(**given)
    if field == "village":
        return VillagePart(**given)
    if field == "documents":
        return DocumentsPart(**given)
    if field in VALUES:
        between = _("What the file writes for each; several with “%(sign)s” between them.")
        return CodedPart(**given, help=between % {"sign": BETWEEN})
    return TextPart(**given)


def sheet_of(mapping: Any) -> Sheet:
    stored = mapping if isinstance(mapping, dict) else {}
    return Sheet([*_parts(stored)], stored)


def _parts(stored: Mapping[str, Any]) -> Iterator[Part]:
    where = _("Where it is read")
    yield TextPart(path=("sheet",), label=_("Sheet"), group=where, heading=_("Name of the sheet"))
    yield TextPart(
        path=("table",),
        label=_("Table of the operator's database"),
        group=where,
        heading=_("In place of a file"),
    )
    read = _("Columns that are read")
    for field in Columns.model_fields:
        yield part_of(field, read)
    yield from _others(stored, "columns", Columns.model_fields, read)
    same = _("The same in every row")
    for field in Constants.model_fields:
        choices = [("", "–"), *VALUES[field].items()] if field in VALUES else ()
        yield ConstantPart(
            path=("constants", field),
            label=FIELDS[field],
            group=same,
            heading=_("Where no column says it"),
            choices=choices,
        )
    yield from _others(stored, "constants", Constants.model_fields, same)
    for name in stored:
        if name not in ("sheet", "table", "columns", "constants"):
            yield OtherPart(path=(name,), label=name, group=where)


def _others(stored: Mapping[str, Any], of: str, known: Container[str], group: Label) -> Iterator[Part]:
    """What it holds there besides what is known."""
    held = stored.get(of)
    for name in held if isinstance(held, dict) else ():
        if name not in known:
            yield OtherPart(path=(of, name), label=name, group=group)

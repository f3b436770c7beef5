"""A form with rows for a JSON object of a model: one row per part of it, so that nobody types JSON.

Whatever a row does not change stays as it is stored. A part that a row cannot express is shown in words
with a tick that keeps it; it is replaced only where somebody takes the tick away.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dsp_platform.khmer.text import has_stray_sign, visible
from dsp_platform.translations.label import Label
from dsp_platform.web.forms import STRAY_SIGN, refuse_unseen

KEPT = "kept"
LONGEST = 2000
Cells = Mapping[str, str]
"""What is typed or shown in the cells of one row, by their names."""


@dataclass(frozen=True, slots=True)
class Cell:
    name: str
    label: Label
    choices: Sequence[tuple[str, Label]] = ()
    """Of a list to choose from."""
    is_tick: bool = False
    is_short: bool = False


@dataclass(frozen=True, kw_only=True)
class Part:
    """One row: the part of the object at ``path``."""

    path: tuple[str, ...]
    label: Label
    group: Label = ""
    help: Label = ""

    @property
    def name(self) -> str:
        return "-".join(self.path)

    @property
    def cells(self) -> Sequence[Cell]:
        return ()

    def show(self, spec: Any) -> Cells:
        """May raise LookupError, TypeError, ValueError or AttributeError for what cannot be shown."""
        return {}

    def make(self, typed: Cells) -> Any:
        """None where nothing is typed. Raises ValidationError."""
        return None

    def normal(self, spec: Any) -> Any:
        """The one of several ways to write it that ``make`` uses."""
        return spec

    def in_words(self, spec: Any) -> str:
        return str(spec)

    def spec_in(self, value: Any) -> Any:
        for key in self.path:
            value = value.get(key) if isinstance(value, dict) else None
        return value

    def put(self, value: dict[str, Any], typed: Cells) -> None:
        made = self.make(typed)
        put_at(value, self.path, made)

    def shown(self, spec: Any) -> dict[str, str]:
        blank = {cell.name: "" for cell in self.cells}
        try:
            return blank if spec is None else {**blank, **self.show(spec)}
        except (LookupError, TypeError, ValueError, AttributeError):
            return blank

    def is_inexpressible(self, spec: Any) -> bool:
        if spec is None:
            return False
        try:
            return _text(self.make(self.shown(spec))) != _text(self.normal(spec))
        except (LookupError, TypeError, ValueError, AttributeError, forms.ValidationError):
            return True


def put_at(value: dict[str, Any], path: Sequence[str], spec: Any) -> None:
    """None takes it out, and what is empty by that."""
    if len(path) == 1:
        value.pop(path[0], None) if spec is None else value.update({path[0]: spec})
        return
    inner = value.get(path[0])
    inner = inner if isinstance(inner, dict) else {}
    put_at(inner, path[1:], spec)
    put_at(value, path[:1], inner or None)


def _text(spec: Any) -> str:
    """For comparing: 1 and true are not the same."""
    return json.dumps(spec, sort_keys=True)


class Typed(dict[str, str]):
    """What was sent, by the names of the cells of all rows."""

    def cells_of(self, part: Part) -> dict[str, str]:
        return {cell.name: self.get(f"{part.name}-{cell.name}", "") for cell in part.cells}

    def keeps(self, part: Part) -> bool:
        return f"{part.name}-{KEPT}" in self


@dataclass(slots=True)
class Sheet:
    """``stored``: the object as it is in the database. ``problems``: by the name of a part."""

    parts: Sequence[Part] = ()
    stored: Any = None
    problems: dict[str, list[str]] = field(default_factory=dict)

    def read(self, typed: Typed) -> dict[str, Any]:
        """The object with what was typed. Raises ValidationError with the problems of all rows."""
        value = deepcopy(self.stored) if isinstance(self.stored, dict) else {}
        self.problems = {}
        for part in self.parts:
            spec = part.spec_in(self.stored)
            odd = part.is_inexpressible(spec)
            try:
                cells = {name: _clean(text) for name, text in typed.cells_of(part).items()}
                if typed.keeps(part) if odd else cells == part.shown(spec):
                    continue
                part.put(value, cells)
            except forms.ValidationError as error:
                self.problems[part.name] = error.messages
        if self.problems:
            raise forms.ValidationError(
                [f"{part.label}: {text}" for part in self.parts for text in self.problems.get(part.name, ())]
            )
        return value

    def place(self, located: Sequence[tuple[tuple[str, ...], str]]) -> None:
        """Problems that are told by the path of a part stand at its row."""
        for path, text in located:
            part = next((part for part in self.parts if path[: len(part.path)] == part.path), None)
            if part and text not in self.problems.setdefault(part.name, []):
                self.problems[part.name].append(text)

    def groups(self, value: Any, name: str) -> Iterator[tuple[Label, list[dict[str, Any]], bool]]:
        """Heading, rows, and whether anything of them is filled."""
        rows = [self._row(part, value, name) for part in self.parts]
        for group in dict.fromkeys(part.group for part in self.parts):
            own = [row for part, row in zip(self.parts, rows, strict=True) if part.group == group]
            yield group, own, any(row["filled"] or row["problems"] for row in own)

    def _row(self, part: Part, value: Any, name: str) -> dict[str, Any]:
        spec = part.spec_in(self.stored)
        odd = part.is_inexpressible(spec)
        typed = value if isinstance(value, Typed) else None
        cells = typed.cells_of(part) if typed is not None else part.shown(spec)
        prefix = f"{name}-{part.name}"
        return {
            "id": f"id_{prefix}",
            "label": part.label,
            "help": part.help,
            "cells": [_of_cell(cell, cells[cell.name], prefix) for cell in part.cells],
            "kept_name": f"{prefix}-{KEPT}" if odd else "",
            "kept": odd and (typed is None or typed.keeps(part)),
            "kept_words": part.in_words(spec) if odd else "",
            "problems": self.problems.get(part.name, ()),
            "filled": odd or any(cells.values()),
        }


def _of_cell(cell: Cell, value: str, prefix: str) -> dict[str, Any]:
    return {
        "cell": cell,
        "name": f"{prefix}-{cell.name}",
        "value": value,
        "options": [(code, label, code == value) for code, label in cell.choices],
    }


def _clean(text: str) -> str:
    refuse_unseen(text)
    if has_stray_sign(text):
        raise forms.ValidationError(STRAY_SIGN, code="stray_sign")
    if len(text) > LONGEST:
        raise forms.ValidationError(_("This is too long."), code="max_length")
    return visible(text).strip()


class RowsWidget(forms.Widget):
    template_name = "admin/parts/rows.html"
    use_fieldset = True
    sheet = Sheet()

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Typed:
        start = f"{name}-"
        return Typed({key.removeprefix(start): str(data[key]) for key in data if key.startswith(start)})

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return super().get_context(name, value, attrs) | {"groups": list(self.sheet.groups(value, name))}

    def format_value(self, value: Any) -> Any:
        return None


class RowsField(forms.Field):
    """Its form gives it the rows by ``use``."""

    widget = RowsWidget

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.sheet = Sheet()

    def use(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.widget.sheet = sheet

    def clean(self, value: Any) -> dict[str, Any]:
        return self.sheet.read(value if isinstance(value, Typed) else Typed())

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return _text(self.clean(data)) != _text(self.sheet.stored)
        except forms.ValidationError:
            return True

"""From the cells of a row to the values that the registry would store, by the rules of the registration."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from dsp_platform.khmer.dates import PartialDate
from registry.identity.documents import document_key
from registry.imports.findings import Finding
from registry.imports.mapping.schema import DateColumn, DateParts, NameColumn, SourceMapping
from registry.imports.reading.headings import heading_key
from registry.imports.reading.sheet import Row, Unreadable
from registry.imports.staged import Normalised, StagedDocument, StagedPerson
from registry.imports.values.choices import Choices
from registry.imports.values.dates import EMPTY, ReadDate, read_date, read_parts
from registry.imports.values.names import Parts, read_names, split_name, two_names
from registry.imports.values.phones import read_phone
from registry.imports.values.places import OF_A_NAME, Place, Places
from registry.imports.values.text import DISTINCT, cell_text, is_broken, number_text
from registry.models import Enrolment
from registry.persons.validation import (
    NUMBER_OF_DIGITS,
    validate_address,
    validate_born,
    validate_document_number,
)

NUMBER_LENGTH = 64
"""Of what the source calls a person or a household."""
_LENGTHS = {
    "reference": NUMBER_LENGTH,
    "household": NUMBER_LENGTH,
    "member_number": Enrolment._meta.get_field("member_number").max_length or 0,
    "card_number": Enrolment._meta.get_field("card_number").max_length or 0,
    "level": Enrolment._meta.get_field("level").max_length or 0,
}
_NO_NAME = Parts("", "")
_CHOICES = ("sex", "relationship", "disability_level", "poverty_level")

Cells = Sequence[str]
Values = dict[str, Any]
Findings = list[Finding]


class Normaliser:
    """Prepared once for a file, because it takes thousands of rows a second. No row asks the database."""

    def __init__(self, mapping: SourceMapping, columns: Sequence[str], places: Places | None = None) -> None:
        """Raises Unreadable where the file lacks a column that the mapping names."""
        self.places = places or Places.load()
        self.today = timezone.localdate()
        self.at = _places_of(mapping, columns)
        self.columns, self.constants = mapping.columns, mapping.constants
        self.texts = [
            (field, self.at[part.column], most)
            for field, most in _LENGTHS.items()
            if (part := getattr(mapping.columns, field))
        ]
        self.choices = [
            (field, self.at[part.column], part.column, Choices(field, part.values))
            for field in _CHOICES
            if (part := getattr(mapping.columns, field))
        ]
        self.documents = [
            (part.type, self.at[part.column], part.column) for part in mapping.columns.documents
        ]
        self.own_name, self.latin_name = self._name_reader(""), self._name_reader("latin_")
        self.latin_heading = self._first_heading("latin_name", "latin_family_name", "latin_given_name")
        self.name_heading = self._first_heading("name", "family_name", "given_name") or self.latin_heading
        self.dates = {field: self._date_reader(field) for field in ("born", "poverty_valid_to", "since")}
        village = mapping.columns.village
        self.place_at = [
            self.at[name] if name else None
            for name in (village.code, village.village, village.commune, village.district, village.province)
        ]

    def normalise(self, row: Row) -> Normalised:
        cells, found = row.cells, list(row.findings)
        values: Values = {}
        self._names(cells, values, found)
        self._choices(cells, values, found)
        self._born(cells, values, found)
        self._village(cells, values, found)
        self._texts(cells, values, found)
        self._documents(cells, values, found)
        self._other_dates(cells, values, found)
        return Normalised(StagedPerson(**values), found)

    def _name_reader(self, prefix: str) -> Callable[[Cells], Parts] | None:
        whole: NameColumn | None = getattr(self.columns, f"{prefix}name")
        if whole:
            at, family_first = self.at[whole.column], whole.order == "family_first"
            return lambda cells: split_name(cells[at], family_first)
        parts = [getattr(self.columns, f"{prefix}{part}_name") for part in ("family", "given")]
        if not any(parts):
            return None
        family, given = (self.at[part.column] if part else None for part in parts)
        return lambda cells: two_names(_cell(cells, family), _cell(cells, given))

    def _date_reader(self, field: str) -> Callable[[Cells], ReadDate]:
        part: DateColumn | DateParts | None = getattr(self.columns, field)
        if part is None:
            return lambda cells: EMPTY
        if isinstance(part, DateParts):
            year, month, day = (self.at[name] if name else None for name in (part.year, part.month, part.day))
            return lambda cells: read_parts(_cell(cells, year), _cell(cells, month), _cell(cells, day))
        at, month_first, only_year = (
            self.at[part.column], part.order == "month_first", part.january_first_is_year,
        )  # fmt: skip
        return lambda cells: read_date(cells[at], month_first, only_year)

    def _names(self, cells: Cells, values: Values, found: Findings) -> None:
        own = self.own_name(cells) if self.own_name else _NO_NAME
        latin = self.latin_name(cells) if self.latin_name else _NO_NAME
        names = read_names(own, latin)
        values["family_name"], values["given_name"] = names.family, names.given
        values["latin_family_name"], values["latin_given_name"] = names.latin_family, names.latin_given
        values["sex"] = names.sex
        if names.findings or names.latin_findings:
            found.extend(Finding(code, self.name_heading) for code in names.findings)
            found.extend(Finding(code, self.latin_heading) for code in names.latin_findings)

    def _choices(self, cells: Cells, values: Values, found: Findings) -> None:
        told_by_title = values.get("sex", "")
        values["sex"] = ""
        for field, at, heading, choices in self.choices:
            read = choices.read(cells[at])
            if read is None:
                known = {"sex": "sex_unknown", "relationship": "relationship_unknown"}
                code = known.get(field, "choice_unknown")
                found.append(Finding(code, heading, {"value": cell_text(cells[at])[:40]}))
            values[field] = read or ""
        for field in _CHOICES:
            if not values.get(field) and (constant := getattr(self.constants, field)):
                values[field] = constant
        if told_by_title and values["sex"] and values["sex"] != told_by_title:
            found.append(Finding("sex_against_title"))
        if not values["sex"]:
            if told_by_title:
                values["sex"] = told_by_title
                found.append(Finding("sex_from_title"))
            elif not any(finding.code == "sex_unknown" for finding in found):
                found.append(Finding("sex_missing"))

    def _born(self, cells: Cells, values: Values, found: Findings) -> None:
        read = self.dates["born"](cells)
        born, code = read.date, read.code
        if born is None:
            code = code or "born_missing"
        elif problem := _born_problem(born, self.today):
            born, code = None, problem
        values["born"] = born
        if code:
            found.append(Finding(code, self._heading("born")))

    def _village(self, cells: Cells, values: Values, found: Findings) -> None:
        code, *names = (_cell(cells, at) for at in self.place_at)
        place = self.places.find(code, tuple(names))
        values["village"] = place.village
        if place.code:
            params = {"level": place.level} if place.level or place.code == "area_unknown" else {}
            found.append(Finding(place.code, self._place_heading(place), params))

    def _place_heading(self, place: Place) -> str:
        """That of the cell which a finding is about: of names the one that is not known."""
        columns = self.columns.village
        named: str | None = None
        if place.code == "area_unknown":
            named = getattr(columns, place.level)
        elif place.code in OF_A_NAME:
            named = columns.village
        return named or columns.code or columns.village or ""

    def _texts(self, cells: Cells, values: Values, found: Findings) -> None:
        for field, at, most in self.texts:
            text = number_text(cells[at])
            if len(text) > most or is_broken(text):
                found.append(Finding("too_long", self._heading(field)))
                text = ""
            values[field] = text
        if self.columns.household and values.get("relationship") and not values["household"]:
            found.append(Finding("household_missing", self._heading("household")))
        if not values.get("level") and self.constants.level:
            values["level"] = self.constants.level
        if phone := self.columns.phone:
            read = read_phone(cells[self.at[phone.column]])
            values["phone"] = read.phone
            if read.code:
                found.append(Finding(read.code, phone.column))
        if address := self.columns.address:
            line = _address(cells[self.at[address.column]])
            if line is None:
                found.append(Finding("address_left_out", address.column))
            values["address"] = line or ""

    def _documents(self, cells: Cells, values: Values, found: Findings) -> None:
        documents = []
        for kind, at, heading in self.documents:
            if not (number := number_text(cells[at])):
                continue
            if complete := _with_leading_zero(kind, number):
                found.append(Finding("document_zero_restored", heading, {"type": kind}))
            try:
                documents.append(StagedDocument(kind, validate_document_number(kind, complete or number)))
            except ValidationError:
                found.append(Finding("document_left_out", heading, {"type": kind}))
        values["documents"] = tuple(documents)

    def _other_dates(self, cells: Cells, values: Values, found: Findings) -> None:
        """Where only the month or the year is known, a beginning is its first day and an end its last."""
        for field, is_end in (("poverty_valid_to", True), ("since", False)):
            read = self.dates[field](cells)
            values[field] = (read.date.last if is_end else read.date.first) if read.date else None
            if read.code and not read.date:
                found.append(Finding("date_left_out", self._heading(field)))

    def _heading(self, field: str) -> str:
        part = getattr(self.columns, field)
        return str(part.headings()[0]) if part else ""

    def _first_heading(self, *fields: str) -> str:
        return next(filter(None, map(self._heading, fields)), "")


def _places_of(mapping: SourceMapping, columns: Sequence[str]) -> Mapping[str, int]:
    """Where each column stands that the mapping names. Small differences in headings are overlooked."""
    by_key = {heading_key(name): at for at, name in reversed(list(enumerate(columns)))}
    found = {name: by_key.get(heading_key(name)) for name in mapping.column_names}
    if lacking := [name for name, at in found.items() if at is None]:
        raise Unreadable("columns_missing", columns=", ".join(lacking))
    return {name: at for name, at in found.items() if at is not None}


def _with_leading_zero(kind: str, number: str) -> str:
    """Of a number of fixed length that a spreadsheet took for an amount; empty for all others."""
    digits, key = NUMBER_OF_DIGITS.get(kind), document_key(number)
    is_short = key.isascii() and key.isdecimal() and digits == len(key) + 1
    return f"0{key}" if is_short else ""


def _cell(cells: Cells, at: int | None) -> str:
    return "" if at is None else cells[at]


@lru_cache(DISTINCT)
def _born_problem(born: PartialDate, today: date) -> str:
    try:
        validate_born(born, today)
    except ValidationError as error:
        return error.code or "date_impossible"
    return ""


@lru_cache(DISTINCT)
def _address(cell: str) -> str | None:
    try:
        return validate_address(cell_text(cell))
    except ValidationError:
        return None

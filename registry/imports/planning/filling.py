"""What a row may change of a person who is registered: by the trust in its source, and by who told what
stands there.

What a person or an official told is never overwritten, nor what another source said, unless this one may. Of
what it said itself a source corrects only what it says otherwise than before, under the same reference. And
what it says of a record that became an alias tells nothing of who the person is. All else that differs is
noted as a conflict, which a steward decides.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

from dsp_platform.khmer.dates import PartialDate, Precision
from dsp_platform.khmer.text import search_key
from registry.imports.sources.terms import Terms, terms_of
from registry.imports.sources.trust import ASSESSED, KEPT_IF_KNOWN, PLAIN, Trust, trust_of
from registry.models import ImportRun, Person
from registry.models.person_columns import KHMER_NAME, LATIN_NAME
from registry.persons.origins import TOLD, source_of
from registry.provenance.services import Difference

OF_ALIAS: list[Any] = ["of_alias", "", {}]
"""Found in a row that says something of a record which became one with that of the person."""


@dataclass(frozen=True, slots=True)
class Beliefs:
    """Of one source, or of one of its rows: what it may write, and over what other sources said. ``ranks``
    are by code."""

    source: str
    trust: Trust
    ranks: Mapping[str, int]
    is_of_alias: bool = False
    renewed: Collection[str] = ASSESSED
    """Columns that the source corrects where it said them itself."""
    had_number: bool = False
    """Whether the person of the row ever had a phone number: ``numbers``."""

    def of_row(
        self, *, is_of_alias: bool, told_otherwise: Collection[str] | None, had_number: bool = False
    ) -> "Beliefs":
        """``told_otherwise``: columns of which the source says something else than before under the same
        reference; None where it never named the person by it: then another reference of it tells who they
        are, and a steward decides which is right."""
        renewed = ASSESSED if told_otherwise is None else told_otherwise
        trust = self.trust.of_an_alias if is_of_alias else self.trust
        return replace(self, trust=trust, is_of_alias=is_of_alias, renewed=renewed, had_number=had_number)

    def may_write(self, column: str, held: Any, said_by: str) -> bool:
        """Where ``held`` stands by now, as ``said_by`` told it."""
        field = "born" if column == "date_of_birth" else column
        if not held:
            return self.trust.may_fill(field) and not (column in KEPT_IF_KNOWN and self.had_number)
        if column in KEPT_IF_KNOWN:
            return False
        if said_by == self.source:
            return column in self.renewed and self.trust.may_fill(field)
        is_believed = self.ranks.get(self.source, 0) <= self.ranks.get(said_by, 0)
        return bool(said_by) and is_believed and self.trust.may_overwrite(field)


@dataclass(slots=True)
class Filling:
    values: dict[str, Any] = field(default_factory=dict)
    """As for ``PersonWriter.update_person``."""
    differences: list[Difference] = field(default_factory=list)
    agreeing: list[tuple[int, str]] = field(default_factory=list)


def beliefs_of(run: ImportRun) -> Beliefs:
    return beliefs_by(terms_of(run))


def beliefs_by(terms: Terms) -> Beliefs:
    return Beliefs(terms.code, trust_of(terms.trust), terms.ranks)


def born_of(row: Any) -> PartialDate | None:
    if row.date_of_birth is None:
        return None
    return PartialDate(row.date_of_birth, cast(Precision, row.birth_precision))


def filling(person: Person, row: Any, beliefs: Beliefs) -> Filling:
    """``row``: of ``StagedRow``."""
    found = Filling()
    for columns in (KHMER_NAME, LATIN_NAME):
        _name(found, person, row, columns, beliefs)
    for column in PLAIN:
        if value := getattr(row, column):
            _value(found, person, column, getattr(person, column), value, beliefs)
    if born := born_of(row):
        _born(found, person, born, beliefs)
    if row.village and row.village != person.village_id:
        found.differences.append(Difference(person.pk, "village_code", str(person.village_id), row.village))
    elif row.village:
        found.agreeing.append((person.pk, "village_code"))
    return found


def _name(found: Filling, person: Person, row: Any, columns: tuple[str, str], beliefs: Beliefs) -> None:
    """Both parts are one value: in either order they are the same name."""
    held = [getattr(person, column) for column in columns]
    given = [getattr(row, column) for column in columns]
    if sorted(map(search_key, held)) == sorted(map(search_key, given)):
        found.agreeing.extend((person.pk, column) for column in columns)
        return
    differing = {
        column
        for column, before, after in zip(columns, held, given, strict=True)
        if after and search_key(before) != search_key(after)
    }
    if not differing <= {*beliefs.renewed}:  # half of the name of each of two references is nobody's
        beliefs = replace(beliefs, renewed={*beliefs.renewed}.difference(columns))
    for column, before, after in zip(columns, held, given, strict=True):
        if column in differing:
            # A part that is missing is not filled beside another name.
            empty = not any(held)
            _value(found, person, column, "" if empty else before or "-", after, beliefs)


def _born(found: Filling, person: Person, born: PartialDate, beliefs: Beliefs) -> None:
    column, held = "date_of_birth", person.born
    if held.is_within(born):  # the same, known as exactly or less
        found.agreeing.append((person.pk, column))
    elif born.is_within(held) and not beliefs.is_of_alias:
        if beliefs.trust.may_fill("born"):
            found.values["born"] = born  # the same, known more exactly
    elif beliefs.may_write(column, held, source_of(person.origins, column)):
        found.values["born"] = born
    else:
        found.differences.append(Difference(person.pk, column, str(held), str(born)))


def _value(found: Filling, person: Person, column: str, held: str, given: str, beliefs: Beliefs) -> None:
    # What people told to be empty is told too: it may have been taken off.
    was_emptied = not held and person.origins.get(column) == TOLD
    if held == given:
        found.agreeing.append((person.pk, column))
    elif not was_emptied and beliefs.may_write(column, held, source_of(person.origins, column)):
        found.values[column] = given
    else:
        found.differences.append(Difference(person.pk, column, getattr(person, column), given))


def is_of_alias(row: Any) -> bool:
    return OF_ALIAS in row.findings


def without_facts(person: Person, values: dict[str, Any]) -> list[Difference]:
    """Leave on record what cannot be otherwise where the person lives; a steward is asked."""
    found = []
    if born := values.pop("born", None):
        found.append(Difference(person.pk, "date_of_birth", str(person.born), str(born)))
    if sex := values.pop("sex", None):
        found.append(Difference(person.pk, "sex", person.sex, sex))
    return found

"""Whom a source named before by the same reference, and whether its row is about somebody else by now.

What a source says is kept as keyed digests: of all that a row says, then of each column that it may correct.
So a source that says the same of somebody again is known to do so, whatever the commune corrected since, and
whatever a steward chose.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Any

from dsp_platform.database.arrays import numbers_in, texts_in
from registry.imports.staged import StagedPerson
from registry.matching.features import Features
from registry.matching.records import Match
from registry.matching.scoring import against_reference
from registry.matching.stored import records_of
from registry.models import ImportRun, Person, SourceRecord
from registry.models.person_columns import NAMES

_ALL, _PART = 32, 6
"""Digits of the digest of everything, and of each part."""
_PLAIN = (*NAMES, "sex", "disability_level")
_plain = attrgetter(*_PLAIN)
PARTS = (*_PLAIN, "date_of_birth", "poverty_level")
"""By column; with the poverty level its last day."""
_GIVEN_NAME = {"given_name", "latin_given_name"}


class Digests:
    """As kept of rows."""

    def __init__(self, digest_of: Callable[[Iterable[object]], str]) -> None:
        self._digest_of = digest_of
        # Names, birthdays and levels come again and again.
        self._part_of = lru_cache(100_000)(lambda text: digest_of([text])[:_PART])

    def of(self, one: StagedPerson, everything: Iterable[object]) -> str:
        level = f"{one.poverty_level} {one.poverty_valid_to}" if one.poverty_level else ""
        parts = (*_plain(one), str(one.born), level)
        return self._digest_of(everything) + "".join(map(self._part_of, parts))


def told_otherwise(before: str, now: str) -> set[str]:
    """Columns of which the source says something else than before, by the digests of the same reference."""
    if before == now:
        return set()
    places = range(_ALL, _ALL + _PART * len(PARTS), _PART)
    return {
        column
        for column, at in zip(PARTS, places, strict=True)
        if before[at : at + _PART] != now[at : at + _PART]
    }


@dataclass(frozen=True, slots=True)
class Named:
    person: int
    is_alias: bool
    """Whether the source named a record that became one with that of the person."""
    before: str
    """What the source said of them."""
    now: str

    @property
    def is_known(self) -> bool:
        """Nothing changed in the row."""
        return self.before == self.now

    @property
    def told_otherwise(self) -> set[str]:
        return told_otherwise(self.before, self.now)

    @property
    def changed_parts(self) -> int:
        """How many of given name and birth the source tells otherwise than before."""
        changed = self.told_otherwise
        return (not changed.isdisjoint(_GIVEN_NAME)) + ("date_of_birth" in changed)


def named_before(run: ImportRun, rows: Iterable[Any]) -> dict[int, Named]:
    """By number of the row."""
    by_reference = {row.reference: row for row in rows}
    records = SourceRecord.objects.filter(source=run.source_id, reference__in=texts_in(by_reference))
    return {
        by_reference[reference].number: Named(
            remaining or person, remaining is not None, digest, by_reference[reference].digest
        )
        for reference, person, remaining, digest in records.values_list(
            "reference", "person", "person__merged_into", "digest"
        )
    }


def used_again(told_anew: Mapping[int, Named], features: Mapping[int, Features]) -> dict[int, Match]:
    """Rows that tell who somebody is otherwise than before, and what cannot be of them nor of a record that
    became one with theirs: by number, whom the reference named."""
    if not told_anew:
        return {}
    persons = {one.person for one in told_anew.values()}
    merged = Person.objects.filter(merged_into__in=numbers_in(persons)).values_list("pk", "merged_into")
    remaining = {pk: pk for pk in persons} | {pk: into for pk, into in merged if into}
    records: dict[int, list[Features]] = {}
    # Each record before those that became one with it.
    for pk, record in sorted(records_of(remaining).items(), key=lambda each: each[0] not in persons):
        records.setdefault(remaining[pk], []).append(Features(record))
    found = {}
    for number, one in told_anew.items():
        both = one.changed_parts > 1
        against = [
            against_reference(features[number], record, both_changed=both) for record in records[one.person]
        ]
        if against[0] and all(against):
            found[number] = against[0]
    return found

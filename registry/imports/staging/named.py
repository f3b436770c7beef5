"""Whom a source named before by the same reference, and whether its row is about somebody else by now.

What a source says is kept as keyed digests: of all that a row says, then of its given name and of its birth.
So a source that says the same of somebody again is known to do so, whatever the commune corrected since.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from dsp_platform.database.arrays import numbers_in, texts_in
from registry.matching.features import Features
from registry.matching.records import Match
from registry.matching.scoring import against_reference
from registry.matching.stored import records_of
from registry.models import ImportRun, Person, SourceRecord

_ALL, _PART = 32, 8
"""Digits of the digest of everything, and of each part."""
_given_name = attrgetter("given_name", "latin_given_name")


def digests_of(one: Any, everything: Iterable[object], digest_of: Callable[[Iterable[object]], str]) -> str:
    """As kept of a row. ``one``: ``StagedPerson``."""
    return digest_of(everything) + digest_of(_given_name(one))[:_PART] + digest_of([one.born])[:_PART]


@dataclass(frozen=True, slots=True)
class Named:
    person: int
    before: str
    """What the source said of them."""
    now: str

    @property
    def is_known(self) -> bool:
        """Nothing changed in the row."""
        return self.before == self.now

    @property
    def changed_parts(self) -> int:
        """How many of given name and birth the source tells otherwise than before."""
        parts = range(_ALL, _ALL + 2 * _PART, _PART)
        return sum(self.before[at : at + _PART] != self.now[at : at + _PART] for at in parts)


def named_before(run: ImportRun, rows: Iterable[Any]) -> dict[int, Named]:
    """By number of the row."""
    by_reference = {row.reference: row for row in rows}
    records = SourceRecord.objects.filter(source=run.source_id, reference__in=texts_in(by_reference))
    return {
        by_reference[reference].number: Named(remaining or person, digest, by_reference[reference].digest)
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

"""What is compared of persons of the registry."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import cast

from dsp_platform.database.arrays import numbers_in
from dsp_platform.database.history import history_of
from dsp_platform.khmer.dates import PartialDate, Precision
from registry.matching.features import companion_key
from registry.matching.records import MatchRecord, record_from
from registry.models import IdentityDocument, Membership, Person
from registry.models.person_columns import COMPARED, NAMES


def record_of(person: Person) -> MatchRecord:
    """What its own columns say. It may not be saved yet."""
    born = person.born if person.date_of_birth else None
    return record_from(person, born=born, village=person.village_id, person_id=person.pk)


def records_of(persons: Collection[int]) -> dict[int, MatchRecord]:
    """By key of the person: as they are on record now, with the places where they lived before and all whom
    they live or lived with."""
    return completed(records_by_columns(persons))


def records_by_columns(persons: Collection[int]) -> dict[int, MatchRecord]:
    """Only what stands in the columns of the person: enough to see that somebody is another person."""
    if not persons:
        return {}
    rows = Person.objects.filter(pk__in=numbers_in(persons))
    columns = rows.values_list("pk", *COMPARED, named=True)
    return {
        one.pk: record_from(
            one,
            born=PartialDate(one.date_of_birth, cast(Precision, one.birth_precision)),
            village=one.village_id,
            person_id=one.pk,
        )
        for one in columns
    }


def completed(records: Mapping[int, MatchRecord]) -> dict[int, MatchRecord]:
    """With what other tables say."""
    if not records:
        return {}
    documents = _documents_of(records)
    villages = _past_villages_of(records)
    households = _households_of(records)
    return {
        pk: replace(
            record,
            villages=record.villages | villages[pk],
            documents=frozenset(documents[pk]),
            household=frozenset(households[pk]),
        )
        for pk, record in records.items()
    }


def _documents_of(persons: Collection[int]) -> dict[int, set[tuple[str, bytes]]]:
    found: dict[int, set[tuple[str, bytes]]] = defaultdict(set)
    rows = IdentityDocument.objects.filter(person__in=numbers_in(persons)).values_list(
        "person", "type", "digest"
    )
    for person, kind, digest in rows:
        found[person].add((kind, bytes(digest)))
    return found


def _past_villages_of(persons: Collection[int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    events = history_of(Person).filter(pgh_obj__in=numbers_in(persons))
    for person, village in events.values_list("pgh_obj", "village").distinct():
        found[person].add(village)
    return found


def _households_of(persons: Collection[int]) -> dict[int, set[str]]:
    """All who ever lived in a household they live or lived in."""
    found: dict[int, set[str]] = defaultdict(set)
    lives = list(Membership.objects.filter(person__in=numbers_in(persons)).values_list("person", "household"))
    beside: dict[int, list[tuple[int, str]]] = defaultdict(list)
    rows = Membership.objects.filter(household__in=numbers_in({household for _person, household in lives}))
    for household, other, *names in rows.values_list(
        "household", "person", *(f"person__{name}" for name in NAMES)
    ):
        beside[household].append((other, companion_key(*names)))
    for person, household in lives:
        found[person].update(name for other, name in beside[household] if other != person)
    return found

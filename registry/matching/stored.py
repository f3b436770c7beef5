"""What is compared of persons of the registry."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace

from dsp_platform.database.history import history_of
from registry.matching.features import companion_key
from registry.matching.records import MatchRecord
from registry.models import IdentityDocument, Membership, Person

_NAMES = ("family_name", "given_name", "latin_family_name", "latin_given_name")


def record_of(person: Person) -> MatchRecord:
    """What its own columns say. It may not be saved yet."""
    return MatchRecord(
        person_id=person.pk,
        **{name: getattr(person, name) for name in _NAMES},
        sex=person.sex,
        born=person.born if person.date_of_birth else None,
        villages=frozenset({person.village_id} - {None, ""}),
        phones=frozenset({person.phone} - {""}),
    )


def records_of(persons: Collection[int]) -> dict[int, MatchRecord]:
    """By key of the person: as they are on record now, with the places where they lived before and all whom
    they live or lived with."""
    if not persons:
        return {}
    documents = _documents_of(persons)
    villages = _past_villages_of(persons)
    households = _households_of(persons)
    rows = Person.objects.filter(pk__in=persons)
    columns = rows.only(*_NAMES, "sex", "date_of_birth", "birth_precision", "village", "phone")
    return {
        one.pk: replace(
            record_of(one),
            villages=frozenset({one.village_id, *villages[one.pk]}),
            documents=frozenset(documents[one.pk]),
            household=frozenset(households[one.pk]),
        )
        for one in columns
    }


def _documents_of(persons: Collection[int]) -> dict[int, set[tuple[str, bytes]]]:
    found: dict[int, set[tuple[str, bytes]]] = defaultdict(set)
    rows = IdentityDocument.objects.filter(person__in=persons).values_list("person", "type", "digest")
    for person, kind, digest in rows:
        found[person].add((kind, bytes(digest)))
    return found


def _past_villages_of(persons: Collection[int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    events = history_of(Person).filter(pgh_obj__in=persons)
    for person, village in events.values_list("pgh_obj", "village").distinct():
        found[person].add(village)
    return found


def _households_of(persons: Collection[int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    beside = Membership.objects.filter(person__in=persons).values_list(
        "person",
        "household__memberships__person",
        *(f"household__memberships__person__{name}" for name in _NAMES),
    )
    for person, other, *names in beside:
        if other != person:
            found[person].add(companion_key(*names))
    return found

from dataclasses import dataclass

from django.db import transaction

from dsp_platform.accounts.models import User
from dsp_platform.audit import services as audit
from registry.identity.spid import clean_spid
from registry.models import Area, Person
from registry.persons import lookups
from registry.persons.scope import COMMUNE
from registry.persons.search import found_persons, is_number, is_searchable, persons_of_number


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Somebody whose number the registry holds, and who is not found in the official's area."""

    commune: Area | None
    """Where they live, or lived last: it does not say what became of them. None where it is the number of
    several who live in different ones."""


def known_elsewhere(*, official: User, query: str) -> Elsewhere | None:
    """Of an SPID or document number that nobody in the official's area has: where it belongs, and no more.
    None where the registry does not hold it.

    It is a lookup, counted and audited wherever something is told, and the person reads that they were found;
    beyond the limits nothing is told.
    """
    if not is_number(query):
        return None
    known: list[int] = []

    def is_known() -> bool:
        known.extend(persons_of_number(query))
        return bool(known)

    number = lookups.digest_of("", clean_spid(query) or query)
    if not lookups.is_told_taken(account=official, assisted_session=None, number=number, is_taken=is_known):
        return None
    audit.record_listed(actor=official, subject_kind="person", subject_ids=sorted({*known}))
    villages = Person.objects.filter(pk__in=known, merged_into=None).values_list("village", flat=True)
    communes = Area.objects.filter(code__in={code[:COMMUNE] for code in villages})
    return Elsewhere(communes[0] if len(communes) == 1 else None)


def search_persons(*, official: User, query: str, place: str = "") -> list[Person]:
    """At most 20 of those the user may see, by SPID, document number, phone or start of a name: as typed
    first, then other spellings. ``place`` narrows it to those who live there.

    Audited are the search and who was listed, not the query. Raises TooManyLookups where an official has
    searched too often today.
    """
    if official.is_citizen or not is_searchable(query):
        return []
    if official.is_official:
        with transaction.atomic():
            lookups.check_limit(account=official, assisted_session=None, kind=lookups.SEARCH)
            lookups.note(account=official, assisted_session=None, kind=lookups.SEARCH)
    found = found_persons(official, query, place)
    audit.record_list(
        actor=official,
        action="search",
        kind="person",
        details={"found": len(found)},
        subjects=[("person", person.pk) for person in found],
    )
    return found

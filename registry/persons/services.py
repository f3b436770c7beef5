from django.db import transaction

from dsp_platform.accounts.models import User
from dsp_platform.audit import services as audit
from registry.identity.spid import clean_spid
from registry.models import Person
from registry.persons import lookups
from registry.persons.selectors import (
    MOST,
    nearest_first,
    number_condition,
    persons_visible_to,
    search_condition,
)


def is_known_number(*, official: User, query: str) -> bool:
    """Whether the registry holds the SPID or document number at all. It does not say whose it is, nor what
    became of them.

    Of a document number it is a lookup, counted and audited wherever one is told; no beyond the limits.
    """
    condition = number_condition(query)
    if condition is None:
        return False
    known = Person.objects.filter(condition)
    if clean_spid(query):
        return known.exists()
    number = lookups.digest_of("", query)
    return lookups.is_told_taken(
        account=official, assisted_session=None, number=number, is_taken=known.exists
    )


def search_persons(*, official: User, query: str) -> list[Person]:
    """At most 20 of those the user may see, by SPID, document number, phone or start of a name: as typed
    first, then other spellings.

    Audited are the search and who was listed, not the query. Raises TooManyLookups where an official has
    searched too often today.
    """
    condition = search_condition(query)
    if official.is_citizen or condition is None:
        return []
    if official.is_official:
        with transaction.atomic():
            lookups.check_limit(account=official, assisted_session=None, kind=lookups.SEARCH)
            lookups.note(account=official, assisted_session=None, kind=lookups.SEARCH)
    found = list(nearest_first(persons_visible_to(official).filter(condition), query)[:MOST])
    audit.record(actor=official, action="search", subject_kind="person", details={"found": len(found)})
    audit.record_listed(actor=official, subject_kind="person", subject_ids=[person.pk for person in found])
    return found

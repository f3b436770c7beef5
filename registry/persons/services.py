from django.db import transaction

from dsp_platform.accounts.models import User
from dsp_platform.audit import services as audit
from registry.models import Person
from registry.persons import lookups
from registry.persons.selectors import MOST, nearest_first, persons_visible_to, search_condition


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

"""The photo of a signed consent sheet: sent in the case it was printed in, kept as long as the consent.

Seen by the person, by the official in their open case, and by stewards, whose look the person can read.
"""

from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.uploads.contract import Subject
from registry.consents.sheets import KIND, sign_sheet
from registry.models import ConsentSheet, Person
from registry.persons.conflicts import personal_conflict
from registry.persons.selectors import subject_for


def sheet_of(reference: str) -> ConsentSheet | None:
    found = ConsentSheet.objects.filter(reference=reference)
    return found.select_related("assisted_session__official").first()


def person_of(sheet: ConsentSheet) -> Person | None:
    """Who signed it; None before they are registered."""
    if (subject_id := sheet.assisted_session.subject_id) is None:
        return None
    person = Person.objects.filter(pk=subject_id).select_related("merged_into").first()
    return (person.merged_into or person) if person else None


def _is_of_case(sheet: ConsentSheet, user: User, assisted_session: AssistedSession | None) -> bool:
    is_open = assisted_session is not None and assisted_session.ended_at is None
    case = sheet.assisted_session
    return is_open and case == assisted_session and case.official_id == user.pk


def may_see(user: User, assisted_session: AssistedSession | None, reference: str) -> bool:
    sheet = sheet_of(reference)
    if sheet is None or not user.is_active:
        return False
    person = person_of(sheet)
    if user.is_steward:
        return person is not None and not personal_conflict(user, person)
    if _is_of_case(sheet, user, assisted_session):
        return True
    subject = subject_for(user, assisted_session)
    return subject is not None and subject == person


def may_add(user: User, assisted_session: AssistedSession | None, reference: str) -> bool:
    sheet = sheet_of(reference)
    return sheet is not None and _is_of_case(sheet, user, assisted_session)


def _received(reference: str, sender: User | None, assisted_session: AssistedSession | None) -> None:
    sign_sheet(reference=reference, sender=sender, assisted_session=assisted_session)


def _person(reference: str) -> int | None:
    sheet = sheet_of(reference)
    person = person_of(sheet) if sheet else None
    return person.pk if person else None


def _removable_since(reference: str) -> datetime:
    """Never: what was recorded as signed rests on it. Another photo can be added."""
    return timezone.now()


SUBJECT = Subject(
    kind=KIND,
    may_see=may_see,
    may_add=may_add,
    page=lambda reference: reverse("registry:consent_sheet", args=[reference]),
    heading=lambda reference: _("Consent sheet %(reference)s") % {"reference": reference},
    titles=lambda _reference: [_("Signed consent sheet")],
    person=_person,
    removable_since=_removable_since,
    received=_received,
    most_pages=6,
)

"""Phones that are to take another's place, each to whom it concerns."""

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from dsp_platform.accounts.models import User
from dsp_platform.references import clean_reference
from registry.models import Person, PhoneReplacement
from registry.scope import in_area, person_condition

PREFIX = "P"
FIRST = "first"
# For so long an objection is kept in mind, and an end is shown to whom it concerns.
REMEMBERED = timedelta(days=30)
# Asked on every page of a citizen: three indexes find the few rows of one person, and as plain SQL it takes a
# quarter of the time. Which of them warn is judged in Python.
NEAR = """
SELECT id, reference, account_id, told, state, cause, ended_at FROM registry_phonereplacement
WHERE account_id = %(account)s OR told @> ARRAY[%(phone)s]::varchar[] OR phone = %(phone)s
ORDER BY asked_at
"""


def replacements_to_confirm(official: User) -> QuerySet[PhoneReplacement]:
    """That wait for a second official of this one's area."""
    waiting = PhoneReplacement.objects.filter(state=PhoneReplacement.State.WAITING)
    if not official.is_official:
        return waiting.none()
    persons = Person.objects.filter(person_condition(official))
    return waiting.filter(person__in=persons).select_related("asked_by").order_by("asked_at")


def replacement_by_reference(typed: str) -> PhoneReplacement | None:
    """For an official of any office: by the reference that stands in the text message."""
    cleaned = clean_reference(typed, PREFIX)
    rows = PhoneReplacement.objects.select_related("person", "asked_by", "ended_by")
    return rows.filter(reference=cleaned).first() if cleaned else None


def may_confirm(official: User, replacement: PhoneReplacement) -> bool:
    """Of the person's commune or its district. That nobody confirms what they asked for is judged apart."""
    return official.is_active and in_area(official, replacement.person.village_id)


def warnings_for(citizen: User) -> list[PhoneReplacement]:
    """That wait, of this account or of a record on which the account's number stands; and those that ended
    lately without being done, also for the new number."""
    if not (citizen.is_citizen and citizen.is_active and citizen.phone):
        return []
    rows = PhoneReplacement.objects.raw(NEAR, {"account": citizen.pk, "phone": citizen.phone})
    since = timezone.now() - REMEMBERED
    return [one for one in rows if _warns(one, citizen, since)]


def _warns(one: PhoneReplacement, citizen: User, since: datetime) -> bool:
    if one.is_waiting:
        return concerns(citizen, one)
    return bool(one.cause) and one.ended_at is not None and one.ended_at > since


def concerns(citizen: User, replacement: PhoneReplacement) -> bool:
    own = citizen.is_citizen and replacement.account_id == citizen.pk
    return own or (citizen.is_citizen and citizen.phone in replacement.told)


def objected_against(person: Person) -> set[int]:
    """Officials who asked lately for a phone of this person to which somebody objected."""
    objected = person.replacements.filter(state=PhoneReplacement.State.OBJECTED)
    return set(_lately(objected).values_list("asked_by_id", flat=True))


def ended_of(official: User) -> QuerySet[PhoneReplacement]:
    """That this official asked for, and that ended lately without being done, by others."""
    own = PhoneReplacement.objects.filter(asked_by=official).exclude(cause__in=("", "withdrawn"))
    return _lately(own).order_by("-ended_at")


def replaced_by(citizen: User) -> PhoneReplacement | None:
    """By what this number lately stopped being somebody's: for the holder of the old phone."""
    if not (citizen.is_citizen and citizen.phone):
        return None
    # Where a first account was opened, the numbers told were not replaced.
    done = PhoneReplacement.objects.filter(state=PhoneReplacement.State.APPLIED).exclude(account=None)
    return _lately(done.filter(told__contains=[citizen.phone])).order_by("-ended_at").first()


def _lately(rows: QuerySet[PhoneReplacement]) -> QuerySet[PhoneReplacement]:
    return rows.filter(ended_at__gt=timezone.now() - REMEMBERED)


def waiting_for(person: Person) -> PhoneReplacement | None:
    return person.replacements.filter(state=PhoneReplacement.State.WAITING).first()

"""Phones that are to take another's place, each to whom it concerns."""

from django.db.models import Q, QuerySet

from dsp_platform.accounts.models import User
from dsp_platform.references import clean_reference
from registry.models import Person, PhoneReplacement
from registry.scope import in_area, person_condition

PREFIX = "P"


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


def replacements_concerning(citizen: User) -> QuerySet[PhoneReplacement]:
    """That wait, of this account, or of a record on which the account's number stands."""
    waiting = PhoneReplacement.objects.filter(state=PhoneReplacement.State.WAITING)
    if not (citizen.is_citizen and citizen.is_active):
        return waiting.none()
    return waiting.filter(Q(account=citizen) | Q(told__contains=[citizen.phone])).order_by("asked_at")


def concerns(citizen: User, replacement: PhoneReplacement) -> bool:
    own = citizen.is_citizen and replacement.account_id == citizen.pk
    return own or (citizen.is_citizen and citizen.phone in replacement.told)


def waiting_for(person: Person) -> PhoneReplacement | None:
    return person.replacements.filter(state=PhoneReplacement.State.WAITING).first()

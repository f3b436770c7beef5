"""Requests to replace a phone or open an account: who sees, confirms, stops or is notified of them."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from operator import attrgetter

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from dsp_platform.accounts.models import Role, User
from dsp_platform.accounts.staff.inviters import is_new, may_be_one_person
from dsp_platform.casework.errors import InConflict, MayBeOnePerson, NotYours, StepRefused
from dsp_platform.database.references import clean_reference
from dsp_platform.web.request_cache import cached_per_request
from registry.models import Person, PhoneReplacement
from registry.persons.conflicts import conflict_of_interest
from registry.persons.scope import in_area, person_condition
from registry.phones.replacements.errors import AccountTooNew, AskerTooNew, TookPart
from registry.phones.selectors import numbers_lost, phones_on_record

PREFIX = "P"
FIRST = "first"
# How long an objection has consequences and an end is shown to those concerned.
REMEMBERED = timedelta(days=30)
# Runs on every page of a citizen: uses three indexes, and as plain SQL it takes a quarter of the time. Which
# of the rows are shown is decided in Python; an ended one is not shown once it was asked for again.
NEAR = """
SELECT id, reference, person_id, account_id, phone, notified_phones, state, cause, asked_at, due_at,
  second_only, ended_at,
  EXISTS (SELECT FROM registry_phonereplacement later
    WHERE later.person_id = one.person_id AND later.asked_at > one.asked_at) AS asked_again
FROM registry_phonereplacement one
WHERE account_id = %(account)s OR notified_phones @> ARRAY[%(phone)s]::varchar[] OR phone = %(phone)s
ORDER BY asked_at
"""


class Relation(StrEnum):
    """The relation of a signed-in citizen to a replacement."""

    NONE = ""
    ACCOUNT = "account"  # it is their own account
    RECORD = "record"  # their number is on the record
    HOUSEHOLD = "household"  # somebody of their household gets an account
    OLD = "old"  # the number was replaced or reported lost: notified only
    NEW = "new"  # the number that waits


def replacements_to_confirm(official: User) -> QuerySet[PhoneReplacement]:
    """Those waiting for a second official in this official's area."""
    waiting = PhoneReplacement.objects.filter(state=PhoneReplacement.State.WAITING)
    if not official.is_official:
        return waiting.none()
    persons = Person.objects.filter(person_condition(official))
    return (
        waiting.filter(person__in=persons)
        .select_related("asked_by", "person__village__parent")
        .order_by("asked_at")
    )


def replacement_by_reference(typed: str) -> PhoneReplacement | None:
    """For an official of any office, by the reference of the text message."""
    cleaned = clean_reference(typed, PREFIX)
    rows = PhoneReplacement.objects.select_related("person", "asked_by", "ended_by")
    return rows.filter(reference=cleaned).first() if cleaned else None


def may_confirm(official: User, replacement: PhoneReplacement) -> bool:
    """By area only: the person's commune or its district. See also ``why_not_second``."""
    return official.is_active and in_area(official, replacement.person.village_id)


def why_not_second(official: User, replacement: PhoneReplacement) -> StepRefused | None:
    """Why this official of the area may not be the second one; None if they may."""
    if replacement.asked_by_id == official.pk:
        return NotYours(_("You asked for this phone yourself, so a second official must see the person."))
    if is_new(official):
        return AccountTooNew()
    if is_new(replacement.asked_by):
        return AskerTooNew()
    if may_be_one_person(official, replacement.asked_by):
        return MayBeOnePerson()
    words = conflict_of_interest(official, replacement.person)
    return InConflict(words) if words else None


def why_not_stop(official: User, replacement: PhoneReplacement) -> StepRefused | None:
    """Why this official of any office may not stop it; None if they may."""
    if replacement.asked_by_id == official.pk:
        return NotYours(_("You asked for this yourself, so you can only take it back."))
    if words := conflict_of_interest(official, replacement.person):
        return InConflict(words)
    others = replacement.person.replacements.exclude(pk=replacement.pk)
    applied = Q(state=PhoneReplacement.State.APPLIED, ended_by=official)
    return TookPart() if _lately(others.filter(Q(asked_by=official) | applied)).exists() else None


def second_officials_for(replacement: PhoneReplacement) -> list[User]:
    """Every official of the commune or its district who may be the second one."""
    village = replacement.person.village_id
    areas = [village[:length] for length in range(2, len(village) + 1, 2)]
    officials = User.objects.filter(role=Role.OFFICIAL, is_active=True, area_code__in=areas)
    officials = officials.exclude(password="").exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    return [one for one in officials.order_by("pk") if not why_not_second(one, replacement)]


@dataclass(frozen=True, slots=True)
class CitizenReplacements:
    """The replacements that concern a citizen, by their account or number."""

    warn: list[PhoneReplacement]
    """Those waiting, and those that recently ended without being applied."""
    replaced: PhoneReplacement | None
    """The one that recently replaced the citizen's number, if it is not on record again."""


@cached_per_request
def replacements_of_citizen(citizen: User) -> CitizenReplacements:
    if not (citizen.is_citizen and citizen.is_active and citizen.phone):
        return CitizenReplacements([], None)
    rows = list(PhoneReplacement.objects.raw(NEAR, {"account": citizen.pk, "phone": citizen.phone}))
    since = timezone.now() - REMEMBERED
    ended = [one for one in rows if one.ended_at is not None and one.ended_at > since]
    failed = [one for one in ended if one.cause and not one.asked_again]  # type: ignore[attr-defined]  # of NEAR
    replaced = [
        one
        for one in ended
        if one.state == PhoneReplacement.State.APPLIED
        and one.account_id not in (None, citizen.pk)  # a first account replaces no number
        and citizen.phone in one.notified_phones
    ]
    return CitizenReplacements(
        [one for one in rows if one.is_waiting or one in failed],
        max(replaced, key=attrgetter("ended_at"), default=None),
    )


def relation_of(citizen: User, replacement: PhoneReplacement) -> Relation:
    if not citizen.is_citizen:
        return Relation.NONE
    if replacement.account_id == citizen.pk:
        return Relation.ACCOUNT
    if citizen.phone in replacement.notified_phones:
        person = replacement.person
        if replacement.is_first and citizen.phone not in phones_on_record(person, replacement.asked_at):
            return Relation.HOUSEHOLD
        return Relation.OLD if citizen.phone in numbers_lost(person) else Relation.RECORD
    return Relation.NEW if citizen.phone == replacement.phone else Relation.NONE


def may_object(citizen: User, replacement: PhoneReplacement) -> bool:
    """Not the holder of a replaced or lost phone, and not another member of the household."""
    return relation_of(citizen, replacement) in (Relation.ACCOUNT, Relation.RECORD)


def waiting_by_new_phone(citizen: User) -> PhoneReplacement | None:
    """The one that would put this account's number on record."""
    if not (citizen.is_citizen and citizen.phone):
        return None
    waiting = PhoneReplacement.objects.filter(state=PhoneReplacement.State.WAITING)
    return waiting.filter(phone=citizen.phone).order_by("asked_at").first()


def objected_against(person: Person) -> set[int]:
    """Keys of officials whose recent request for this person met an objection."""
    objected = person.replacements.filter(state=PhoneReplacement.State.OBJECTED)
    return set(_lately(objected).values_list("asked_by_id", flat=True))


def needs_second(person: Person) -> bool:
    """Whether the next one needs a second official, because one was stopped recently."""
    stopped = (PhoneReplacement.State.OBJECTED, PhoneReplacement.State.STOPPED)
    return _lately(person.replacements.filter(state__in=stopped)).exists()


def ended_of(official: User) -> QuerySet[PhoneReplacement]:
    """Those this official asked for that recently ended by others without being applied."""
    own = PhoneReplacement.objects.filter(asked_by=official).exclude(cause__in=("", "withdrawn"))
    return _lately(own).order_by("-ended_at")


def _lately(rows: QuerySet[PhoneReplacement]) -> QuerySet[PhoneReplacement]:
    return rows.filter(ended_at__gt=timezone.now() - REMEMBERED)


def waiting_for(person: Person) -> PhoneReplacement | None:
    return person.replacements.filter(state=PhoneReplacement.State.WAITING).first()

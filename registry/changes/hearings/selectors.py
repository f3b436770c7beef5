"""Who is heard before a change of a household is decided, until when, and what they said."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast

from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise

from dsp_platform.accounts.models import Role, User
from dsp_platform.notifications.selectors import all_written
from registry.changes.apply.common import open_members
from registry.changes.kinds import KINDS
from registry.changes.selectors import AGREE, OBJECT, changes_of_home
from registry.models import ChangeRequest, Household, KeySetup, Person
from registry.models.keys import RECENT
from registry.persons.conflicts import conflict_of_interest
from registry.persons.scope import COMMUNE
from registry.phones.selectors import (
    has_settled_account,
    numbers_lost,
    numbers_of,
    recent_phones,
    who_speaks,
)

HEARD = timedelta(days=3)
"""So long they have to answer after they were told; who answered needs no more time, whatever they said."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """Of those whom an open request touches."""

    until: datetime | None
    """So long those who have not answered are waited for; None where nobody is."""
    untold: list[Person]
    """Of them, who was not told: without a number of their own, or concerned only since it was asked. Who
    decides sees them first."""
    young: list[Person]
    """Who answered by an account that does not speak for them yet: they are waited for all the same."""


def concerned_by(request: ChangeRequest) -> list[Person]:
    """Members whom it touches, before it is applied: without the one who asked it in an account of their own.
    In whose name an official asks, or an account that does not speak for them yet, that one is told and heard
    like the others."""
    concerns = KINDS[request.kind].concerns
    if concerns is None:
        return []
    home = Household.objects.get(pk=request.household_id)
    found = concerns(home, open_members(home), request.answers)  # type: ignore[arg-type]
    own = (
        request.asked_for_id
        if request.asked_by.is_citizen and has_settled_account(request.asked_for)
        else None
    )
    if found and own is None:
        found = [*found, request.asked_for]
    return list({one.pk: one for one in found if one.pk != own}.values())


def next_head(request: ChangeRequest) -> Person | None:
    """Who is to lead the household once its head has moved out or died; asked for nothing, only told."""
    spid = cast(dict[str, Any], request.answers).get("head", {}).get("person")
    members = Person.objects.filter(memberships__household=request.household_id, memberships__ended_on=None)
    return members.filter(spid=spid).first() if spid else None


def conflict_over(actor: User, request: ChangeRequest) -> str | Promise:
    """Why this member of staff says nothing about this request, in words; "" where they may.

    Judged by everybody whom it touches.
    """
    return conflict_of_interest(actor, *touched_by(request))


def touched_by(request: ChangeRequest) -> list[Person | None]:
    """Whoever asked, whom it is about, moves or concerns, who speaks for a child that moves, and every member
    it names or who was paid."""
    persons = [request.asked_for, request.person, request.mover, *concerned_by(request), *_named(request)]
    return [*persons, _speaker(request)]


def _speaker(request: ChangeRequest) -> Person | None:
    """Of whoever comes in or is let go."""
    moved = request.mover or (request.person if "where" in cast(dict[str, Any], request.answers) else None)
    return who_speaks(moved) if moved else None


def _named(request: ChangeRequest) -> list[Person]:
    """Also those who are members no more: what was answered is read after it was decided."""
    members = Person.objects.filter(memberships__household=request.household_id)
    before = cast(dict[str, Any], request.basis).get("payee_id") or None
    return list(members.filter(Q(spid__in=_words(request.answers)) | Q(pk=before)).distinct())


def names_in(request: ChangeRequest) -> dict[str, str]:
    """The names of everybody of the household whom the request names, by SPID: also of who left since."""
    return {one.spid: one.name for one in (request.person, *_named(request)) if one is not None}


def _words(answers: Any) -> set[str]:
    """Every text in the answers: how members are named differs by kind."""
    if isinstance(answers, dict):
        return {*answers, *_words(list(answers.values()))}
    if isinstance(answers, list):
        return set().union(*(_words(one) for one in answers))
    return {answers} if isinstance(answers, str) else set()


def told_of(request: ChangeRequest, persons: list[Person]) -> dict[str, list[Person]]:
    """By number, who is told there: not at the number of the account that asked. One that stands on the
    record of who asked is told too, for an official may have put another's there."""
    found: dict[str, list[Person]] = {}
    for one in persons:
        for number in _numbers(request, one) - {request.asked_by.phone}:
            found.setdefault(number, []).append(one)
    return found


def _numbers(request: ChangeRequest, person: Person) -> set[str]:
    """What citizens ask alone texts no number that only a citizen typed: it may be a stranger's. Where an
    official asks, or set up a key of the person lately, also those that stood there in that time: the number
    may have been changed first."""
    if request.asked_by.is_citizen and not _set_up_lately(person):
        return set(numbers_of(person))
    return {*numbers_of(person, with_typed=True), *(recent_phones(person) - numbers_lost(person))} - {""}


def _set_up_lately(person: Person) -> bool:
    return KeySetup.objects.filter(person=person, at__gt=timezone.now() - RECENT).exists()


def leaves_commune(request: ChangeRequest) -> bool:
    """A household that moves to another commune is lost to the officials who know it: they are heard too."""
    old = request.old_village_id if request.kind == "move" else None
    return bool(old) and old[:COMMUNE] != request.village_id[:COMMUNE]  # type: ignore[index]


def may_answer_for_commune(user: User, request: ChangeRequest) -> bool:
    """An official of the commune that the household leaves, or its district, who neither asked it nor decides
    it."""
    if not (user.is_active and user.is_official and user.area_code and leaves_commune(request)):
        return False
    if request.asked_by_id == user.pk:
        return False
    area = user.area_code
    return (request.old_village_id or "").startswith(area) and not request.village_id.startswith(area)


def hearing_of(request: ChangeRequest) -> Hearing:
    """Each is waited for on their own, from when they were told: whatever another says ends nothing. Also who
    could not be told, so that who decides can ask them meanwhile."""
    if not request.is_open:
        return Hearing(None, [], [])
    told = _told_at(request)
    waited, untold, young = [], [], []
    for one in concerned_by(request):
        if said_of(one, request):
            if has_settled_account(one):
                continue
            young.append(one)
        waited.append(told.get(one.pk, request.asked_at))
        if one.pk not in told:
            untold.append(one)
    officials = request.steps.filter(step__in=(AGREE, OBJECT), actor__role=Role.OFFICIAL)
    if leaves_commune(request) and not officials.exists():
        waited.append(request.asked_at)
    return Hearing(max(waited) + HEARD if waited else None, untold, young)


def _told_at(request: ChangeRequest) -> dict[int, datetime]:
    """When first, by person and not by number: another's may stand on a record."""
    texts = all_written("household_asked", "change", request.pk)
    return {person: at for params, at in reversed(texts) for person in params.get("told", [])}


class Asked(NamedTuple):
    """A request on which a member is heard, and what they said: ``AGREE``, ``OBJECT``, or "" for nothing."""

    request: ChangeRequest
    said: str


def concerning(person: Person) -> list[Asked]:
    """Open requests for this person's household that touch them."""
    return [
        Asked(request, said_of(person, request))
        for request in changes_of_home(person)
        if any(one.pk == person.pk for one in concerned_by(request))
    ]


def said_of(person: Person, request: ChangeRequest) -> str:
    """What this member said; not what the account did while it was somebody else's."""
    if person.account_id is None:
        return ""
    events = Person.events.rel.related_model.objects.filter(pgh_obj=person)  # type: ignore[attr-defined]
    before = events.exclude(account=person.account_id).order_by("-pgh_id").first()
    since = events.filter(pgh_id__gt=before.pgh_id).order_by("pgh_id").first() if before else None
    return said_by(person.account_id, request, since.pgh_created_at if since else None)


def said_by(account: int, request: ChangeRequest, since: datetime | None = None) -> str:
    """Who agreed may still object until it is decided; an objection stands."""
    steps = request.steps.filter(actor=account, step__in=(AGREE, OBJECT))
    said = (steps.filter(at__gte=since) if since else steps).values_list("step", flat=True)
    return next((step for step in (OBJECT, AGREE) if step in said), "")

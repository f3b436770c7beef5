"""Who is heard before a change of a household is decided, until when, and what they said."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise

from dsp_platform.accounts.models import Role, User
from dsp_platform.database.history import history_of
from dsp_platform.notifications.selectors import all_written
from dsp_platform.web.request_cache import cached_per_request
from registry.changes.apply.common import members_for
from registry.changes.apply.successors import with_successor
from registry.changes.kinds import KINDS
from registry.changes.selectors import changes_of_home
from registry.changes.workflow import AGREE, OBJECT
from registry.models import ChangeRequest, Household, KeySetup, Person
from registry.models.keys import RECENT, of_person
from registry.persons.ages import is_child
from registry.persons.conflicts import conflict_of_interest
from registry.persons.scope import COMMUNE
from registry.persons.told_apart import names_by_spid
from registry.phones.selectors import (
    has_established_account,
    numbers_lost,
    numbers_of,
    recent_phones,
    who_consents,
)

ANSWER_TIME = timedelta(days=3)
"""Time to answer after they were informed. It ends early for whoever answered, whatever the answer."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """Of those whom an open request concerns."""

    until: datetime | None
    """Until when answers are awaited, in the future; None when none is awaited any more."""
    not_informed: list[Person]
    """Those not informed: without a number of their own, or concerned only since it was asked. Shown first to
    who decides."""
    to_ask: list[Person]
    """Of them, whom who decides can ask: not the member who has died by the request."""
    unestablished: list[Person]
    """Those who answered from an account that does not speak for them yet: they are awaited all the same."""


def concerned_by(request: ChangeRequest) -> list[Person]:
    """Members whom it concerns before it is applied, without whoever asked for it in their own account. Where
    an official asked in their name, or an account that does not speak for them yet, they are informed and
    heard like the others."""
    concerns = KINDS[request.kind].concerns
    if concerns is None:
        return []
    # As it is now: the payee may be another one by this very change.
    home = Household.objects.filter(pk=request.household_id or 0).first()
    found = concerns(home, members_for(request), request.answers)
    own = (
        request.asked_for_id
        if request.asked_by.is_citizen and has_established_account(request.asked_for)
        else None
    )
    if found and own is None and not is_told_at_office(request):
        found = [*found, request.asked_for]
    return list({one.pk: one for one in found if one.pk != own}.values())


def who_is_asked(request: ChangeRequest) -> list[Person]:
    """Of those whom it concerns, who can be asked: a member who was said to have died is told only, in case
    it is not true."""
    return _without_the_dead(request, concerned_by(request))


def _without_the_dead(request: ChangeRequest, persons: list[Person]) -> list[Person]:
    dead = request.person_id if KINDS[request.kind].person_dies else None
    return [one for one in persons if one.pk != dead]


def is_told_at_office(request: ChangeRequest) -> bool:
    """Nobody who can speak asked for it: a death, entered in the name of the dead or of a child."""
    entered = KINDS[request.kind].person_dies and not request.asked_by.is_citizen
    return entered and (request.asked_for_id == request.person_id or is_child(request.asked_for))


def next_head(request: ChangeRequest) -> Person | None:
    """The next head once the present one has moved out or died; informed, not heard."""
    if request.household_id is None:
        return None
    kind, members = KINDS[request.kind], members_for(request)
    answers = with_successor(kind, request.answers, request.household, members, request.person)
    spid = answers.get("head", {}).get("person")
    return next((one.person for one in members if one.person.spid == spid), None)


def conflict_over(actor: User, request: ChangeRequest) -> str | Promise:
    """Why this member of staff may not act on this request, in words; "" where they may.

    Checked against everybody whom it affects.
    """
    return conflict_of_interest(actor, *persons_affected(request))


@cached_per_request
def persons_affected(request: ChangeRequest) -> list[Person | None]:
    """Who asked, whom it is about, moves or concerns, who speaks for a child that moves, every member it
    names, and the payee before it; every member where it ends the household, or is made at once and of the
    household as a whole."""
    persons = [request.asked_for, request.person, request.mover, *concerned_by(request), *_named(request)]
    moves_out = KINDS[request.kind].moves_out(request.answers)
    moved = request.mover or (request.person if moves_out else None)
    kind = KINDS[request.kind]
    if kind.ends_household or (kind.at_once and request.person is None):
        persons += [one.person for one in members_for(request)]
    return [*persons, who_consents(moved) if moved else None]


def _named(request: ChangeRequest) -> list[Person]:
    """Also former members: the answers are read after it was decided."""
    members = _members_ever(request)
    before = request.basis.get("payee_id") or None
    words = _words(request.answers)
    named = Q(spid__in=words) | Q(pk__in=Person.objects.filter(spid__in=words).values("merged_into"))
    return list(members.filter(named | Q(pk=before)).distinct())


@cached_per_request
def names_in(request: ChangeRequest) -> dict[str, str]:
    """By SPID, the names of the present and former members, told apart; without a household, of whom it is
    about."""
    about = [request.person] if request.person else []
    return names_by_spid({one.pk: one for one in [*about, *_members_ever(request).distinct()]}.values())


def _members_ever(request: ChangeRequest) -> QuerySet[Person]:
    home = request.household_id
    return Person.objects.none() if home is None else Person.objects.filter(memberships__household=home)


def _words(answers: Any) -> set[str]:
    """Every string in the answers: how members are referred to differs by kind."""
    if isinstance(answers, dict):
        return {*answers, *_words(list(answers.values()))}
    if isinstance(answers, list):
        return set().union(*(_words(one) for one in answers))
    return {answers} if isinstance(answers, str) else set()


def recipients(request: ChangeRequest, persons: list[Person]) -> dict[str, list[Person]]:
    """Whom to inform at which number: not at that of the account that asked, but also at a number on the
    record of who asked, for an official may have entered somebody else's."""
    found: dict[str, list[Person]] = {}
    for one in persons:
        for number in _numbers(request, one) - {request.asked_by.phone}:
            found.setdefault(number, []).append(one)
    return found


def _numbers(request: ChangeRequest, person: Person) -> set[str]:
    """For a citizen's own request, no number that only a citizen typed: it may be a stranger's. Where an
    official asks, or lately set up a phone or account of the person, also the numbers recorded during that
    time: the number may have been changed beforehand."""
    set_up = KeySetup.objects.filter(of_person(person), at__gt=timezone.now() - RECENT)
    if request.asked_by.is_citizen and not set_up.exists():
        return set(numbers_of(person))
    return {*numbers_of(person, with_typed=True), *(recent_phones(person) - numbers_lost(person))} - {""}


def leaves_commune(request: ChangeRequest) -> bool:
    """Whether it moves the household to another commune: then the officials who know it are heard too."""
    old = request.old_village_id if KINDS[request.kind].moves_home else None
    return bool(old) and old[:COMMUNE] != request.village_id[:COMMUNE]  # type: ignore[index]


def may_answer_for_commune(user: User, request: ChangeRequest) -> bool:
    """An official of the commune that the household leaves, or of its district, who neither entered nor
    decides it."""
    if not (user.is_active and user.is_official and user.area_code and leaves_commune(request)):
        return False
    if request.asked_by_id == user.pk:
        return False
    area = user.area_code
    return (request.old_village_id or "").startswith(area) and not request.village_id.startswith(area)


def hearing_of(request: ChangeRequest) -> Hearing:
    """The time runs for each from when they were informed, and no answer of another ends it. It runs also for
    those who could not be informed, so that who decides can ask them meanwhile."""
    if not request.is_open:
        return Hearing(None, [], [], [])
    # When each was first informed; by person, not by number: a record may hold somebody else's.
    texts = all_written("household_asked", "change", request.pk)
    informed_at = {person: at for params, at in reversed(texts) for person in params.get("informed", [])}
    waited, not_informed, unestablished = [], [], []
    for one in concerned_by(request):
        if said_of(one, request):
            if has_established_account(one):
                continue
            unestablished.append(one)
        if one.pk not in informed_at:
            not_informed.append(one)
        # Of somebody said to have died only an answer that can come is awaited: nobody else has it.
        if one.pk in informed_at or one.account_id or _without_the_dead(request, [one]):
            waited.append(informed_at.get(one.pk, request.asked_at))
    officials = request.events.filter(step__in=(AGREE, OBJECT), actor__role=Role.OFFICIAL)
    if leaves_commune(request) and not officials.exists():
        waited.append(request.asked_at)
    until = max(waited) + ANSWER_TIME if waited else None
    if until is not None and until <= timezone.now():
        until = None
    return Hearing(until, not_informed, _without_the_dead(request, not_informed), unestablished)


class Asked(NamedTuple):
    """A request on which a member is heard, and their answer: ``AGREE``, ``OBJECT``, or "" for none."""

    request: ChangeRequest
    said: str


def concerning(person: Person) -> list[Asked]:
    """Open requests for this person's household that concern them."""
    return [
        Asked(request, said_of(person, request))
        for request in changes_of_home(person)
        if any(one.pk == person.pk for one in concerned_by(request))
    ]


def said_of(person: Person, request: ChangeRequest) -> str:
    """This member's answer; not what the account answered while it belonged to somebody else."""
    if person.account_id is None:
        return ""
    events = history_of(Person).filter(pgh_obj=person)
    before = events.exclude(account=person.account_id).order_by("-pgh_id").first()
    since = events.filter(pgh_id__gt=before.pgh_id).order_by("pgh_id").first() if before else None
    return said_by(person.account_id, request, since.pgh_created_at if since else None)


def said_by(account: int, request: ChangeRequest, since: datetime | None = None) -> str:
    """An agreement may still become an objection until it is decided; an objection is final."""
    steps = request.events.filter(actor=account, step__in=(AGREE, OBJECT))
    said = (steps.filter(at__gte=since) if since else steps).values_list("step", flat=True)
    return next((step for step in (OBJECT, AGREE) if step in said), "")

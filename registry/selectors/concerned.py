"""Who is heard before a change of a household is decided, until when, and what they said."""

from datetime import datetime, timedelta

from django.utils import timezone

from dsp_platform.accounts.models import User
from registry.changes.kinds import KINDS
from registry.models import ChangeEvent, ChangeRequest, Household, Membership, Person
from registry.scope import COMMUNE
from registry.selectors.changes import changes_of_home
from registry.selectors.phones import numbers_lost, numbers_of, phones_lately

HEARD = timedelta(days=3)
"""So long they have to answer after they were told; who agrees needs no more time."""
OBJECTED = timedelta(days=30)
"""So long an objection holds for whatever is asked of that kind for that household."""
AGREE, OBJECT = "agree", "object"


def concerned_by(request: ChangeRequest) -> list[Person]:
    """Members whom it touches, before it is applied: without the one who asked it in an account of their own.
    In whose name an official asks, that one is told and heard like the others."""
    home = Household.objects.get(pk=request.household_id)
    members = Membership.objects.filter(household=home, ended_on=None).select_related("person")
    found = KINDS[request.kind].concerns(home, list(members), request.answers)  # type: ignore[arg-type]
    if found and not request.asked_by.is_citizen:
        found = [*found, request.asked_for]
    own = request.asked_for_id if request.asked_by.is_citizen else None
    return list({one.pk: one for one in found if one.pk != own}.values())


def told_of(request: ChangeRequest, persons: list[Person]) -> dict[str, list[Person]]:
    """By number, who is told there: at no number by which it was asked, for that is the one who asked."""
    aware = {request.asked_by.phone or ""}
    if request.asked_by.is_citizen:
        aware |= set(numbers_of(request.asked_for))
    found: dict[str, list[Person]] = {}
    for one in persons:
        for number in _numbers(request, one) - aware:
            found.setdefault(number, []).append(one)
    return found


def _numbers(request: ChangeRequest, person: Person) -> set[str]:
    """What citizens ask alone texts no number that only a citizen typed: it may be a stranger's. Where an
    official asks, also those that stood there lately: the number may have been changed first."""
    if request.asked_by.is_citizen:
        return set(numbers_of(person))
    return {*numbers_of(person, with_typed=True), *(phones_lately(person) - numbers_lost(person))} - {""}


def untold(request: ChangeRequest) -> list[Person]:
    """Whom it touches and who has no number at which they could be told: who decides sees them first."""
    concerned = concerned_by(request)
    told = {one.pk for persons in told_of(request, concerned).values() for one in persons}
    return [one for one in concerned if one.pk not in told]


def leaves_commune(request: ChangeRequest) -> bool:
    """A household that moves to another commune is lost to the officials who know it: they are heard too."""
    old = request.old_village_id if request.kind == "move" else None
    return bool(old) and old[:COMMUNE] != request.village_id[:COMMUNE]  # type: ignore[index]


def may_answer_for_commune(user: User, request: ChangeRequest) -> bool:
    """An official of the commune that the household leaves, or its district, who does not decide it."""
    if not (user.is_active and user.is_official and user.area_code and leaves_commune(request)):
        return False
    area = user.area_code
    return (request.old_village_id or "").startswith(area) and not request.village_id.startswith(area)


def is_objected(request: ChangeRequest) -> bool:
    """To this request, or lately to one like it, which was taken back and asked again."""
    lately = timezone.now() - OBJECTED
    return ChangeEvent.objects.filter(
        request__household=request.household_id, request__kind=request.kind, step=OBJECT, at__gt=lately
    ).exists()


def heard_until(request: ChangeRequest) -> datetime | None:
    """Until when those who have not answered are waited for; None where nobody is."""
    if not request.is_open:
        return None
    agreed = set(request.steps.filter(step=AGREE).values_list("actor_id", flat=True))
    waits = {
        one.pk
        for persons in told_of(request, concerned_by(request)).values()
        for one in persons
        if one.account_id is None or one.account_id not in agreed
    }
    if leaves_commune(request) and not request.steps.filter(step=AGREE, actor__role="official").exists():
        waits.add(0)
    return request.asked_at + HEARD if waits else None


def concerning(person: Person) -> list[ChangeRequest]:
    """Open requests for this person's household that touch them, and on which they have not answered."""
    found = []
    for request in changes_of_home(person):
        answered = request.steps.filter(step__in=(AGREE, OBJECT), actor=person.account_id)
        if any(one.pk == person.pk for one in concerned_by(request)) and not answered.exists():
            found.append(request)
    return found

"""Who is heard before a change of a household is decided, until when, and what they said."""

from datetime import datetime, timedelta

from dsp_platform.accounts.models import User
from registry.changes.kinds import KINDS
from registry.models import ChangeRequest, Household, Membership, Person
from registry.scope import COMMUNE
from registry.selectors.changes import changes_of_home
from registry.selectors.phones import numbers_of

HEARD = timedelta(days=3)
"""So long they have to answer after they were told; who agrees needs no more time."""
AGREE, OBJECT = "agree", "object"


def concerned_by(request: ChangeRequest) -> list[Person]:
    """Members whom it touches, without the one it was asked for. Before it is applied."""
    home = Household.objects.get(pk=request.household_id)
    members = Membership.objects.filter(household=home, ended_on=None).select_related("person")
    found = KINDS[request.kind].concerns(home, list(members), request.answers)  # type: ignore[arg-type]
    return list({one.pk: one for one in found if one.pk != request.asked_for_id}.values())


def told_of(request: ChangeRequest, persons: list[Person]) -> dict[str, Person]:
    """By number, who is told: at no number by which it was asked, for that is the one who asked."""
    aware = {request.asked_by.phone or ""}
    head = Membership.objects.filter(
        person=request.asked_for_id, ended_on=None, relationship=Membership.Relationship.HEAD
    )
    by_citizen = request.asked_by.is_citizen
    # In somebody else's name an official may ask: then a number that a couple shares is told.
    if by_citizen or head.exists():
        aware |= set(numbers_of(request.asked_for))
    # What citizens ask alone texts no number that only a citizen typed: it may be a stranger's.
    return {
        number: one
        for one in persons
        for number in numbers_of(one, with_typed=not by_citizen)
        if number not in aware
    }


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
    return request.steps.filter(step=OBJECT).exists()


def heard_until(request: ChangeRequest) -> datetime | None:
    """Until when those who have not answered are waited for; None where nobody is."""
    if not request.is_open:
        return None
    agreed = set(request.steps.filter(step=AGREE).values_list("actor_id", flat=True))
    waits = {
        one.pk
        for one in told_of(request, concerned_by(request)).values()
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

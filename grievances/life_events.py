"""What becomes of grievances when something happens to whoever reported them."""

from django.db.models import Q
from django.utils import timezone

from grievances.models import Grievance
from grievances.secrecy import TOLD_IN_SECRET
from grievances.workflow import grievance_workflow
from registry.life_events.events import Announcement, Effect, EventKind, LifeEvent
from registry.persons.households import head_left_behind
from registry.phones.selectors import numbers_of, proved_numbers

TOLD = "grievance_changed"


def pass_to_head(event: LifeEvent) -> Announcement | None:
    """Open ones that they reported by name, and appeals for them; not what may be about the household itself:
    that is still reached by reference and PIN."""
    head = head_left_behind(event.someone)
    if head is None:
        return None
    is_appeal = Q(category=Grievance.Category.APPEAL)
    theirs = Q(person=event.someone) & ~is_appeal | is_appeal & Q(application__person=event.someone)
    rows = Grievance.objects.filter(theirs, state__in=Grievance.OPEN_STATES).exclude(
        TOLD_IN_SECRET | Q(channel__in=Grievance.TYPED_BY_OFFICIALS)
    )
    # By the number that is kept they may get a new PIN: it is one that the head proved, nobody else's.
    phone, passed = next(iter(proved_numbers(head)), ""), []
    told = phone or next(iter(numbers_of(head)), "")
    for found in rows.order_by("pk"):
        grievance = grievance_workflow.lock(found)
        if not grievance.is_open:
            continue
        grievance.person, grievance.phone = head, phone
        grievance.phone_confirmed_at = timezone.now() if phone else None
        grievance_workflow.take_step(
            grievance, "inherit", actor=None, fields=["person", "phone", "phone_confirmed_at"]
        )
        passed.append(grievance)

    def announce() -> None:
        for grievance in passed:
            grievance_workflow.send_text(grievance, TOLD, [told] if told else [])

    return announce


def hand_over(event: LifeEvent) -> None:
    Grievance.objects.filter(person=event.someone).update(person=event.merged_into)


_OWN = Effect("They go along: a grievance belongs to who reported it, an appeal to whom it is for.")
_NOT_CONCERNED = Effect("They stay: a grievance belongs to a person.")
EFFECTS = {
    EventKind.DIED: Effect(
        "Open ones in their name, and appeals for them, pass to the head of the household, who is told. "
        "Those without a name, and those that may be about the household, stay with reference and PIN.",
        pass_to_head,
    ),
    EventKind.DEATH_UNDONE: Effect("They stay with the head of the household to whom they passed."),
    EventKind.LEFT_FOR_OWN: _OWN,
    EventKind.LEFT_ELSEWHERE: _OWN,
    EventKind.JOINED: _OWN,
    EventKind.MOVED: Effect("They stay: the area of a grievance is where it happened."),
    EventKind.MERGED: Effect("They pass to the record that remains.", hand_over),
    EventKind.CONSENT_WITHDRAWN: _NOT_CONCERNED,
    EventKind.LEVEL_EXPIRED: _NOT_CONCERNED,
    EventKind.CLOSED: _NOT_CONCERNED,
}

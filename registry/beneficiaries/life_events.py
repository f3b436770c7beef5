"""What becomes of enrolments, and what a household is told when its poverty level has run out."""

from django.utils import timezone

from registry.beneficiaries import enrolment
from registry.life_events.events import Effect, EventKind, LifeEvent


def end_all(event: LifeEvent) -> None:
    """Of a death known to a month or year, on the last day of it that has come: payments until then hold."""
    if died := event.someone.died:
        enrolment.end_all(person=event.someone, until=min(died.last, timezone.localdate()))


def hand_over(event: LifeEvent) -> None:
    if event.merged_into:
        enrolment.hand_over(person=event.someone, into=event.merged_into)


_OWN = Effect("They go along: the operator is told where the person lives now, and may end them.")
EFFECTS = {
    EventKind.DIED: Effect(
        "They end on the day of the death. A later report of an enrolment, and a payment dated after the "
        "death, is held.",
        end_all,
    ),
    EventKind.DEATH_UNDONE: Effect(
        "They stay ended: only the operator enrols, and what it reports from now on is taken again."
    ),
    EventKind.LEFT_FOR_OWN: _OWN,
    EventKind.LEFT_ELSEWHERE: _OWN,
    EventKind.JOINED: _OWN,
    EventKind.MOVED: _OWN,
    EventKind.MERGED: Effect(
        "They pass to the record that remains; of two open ones in one programme the other ends.", hand_over
    ),
    EventKind.CONSENT_WITHDRAWN: Effect("They stay: only the operator ends a support."),
    EventKind.LEVEL_EXPIRED: Effect("They stay: only the operator ends a support."),
    EventKind.CLOSED: Effect("They stay: they went with each member who left."),
}

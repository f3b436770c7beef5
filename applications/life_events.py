"""What becomes of applications when something happens to the applicant or the household."""

from applications.services import close_of_the_dead
from registry.life_events.events import Effect, EventKind, LifeEvent


def close(event: LifeEvent) -> None:
    close_of_the_dead(event.someone)


_OWN = Effect("Nothing: they are the person's own and go along.")
EFFECTS = {
    EventKind.DIED: Effect("Open ones are closed.", close),
    EventKind.LEFT_FOR_OWN: _OWN,
    EventKind.LEFT_ELSEWHERE: _OWN,
    EventKind.JOINED: _OWN,
    EventKind.MOVED: Effect("Nothing: the operator decides them, wherever the person lives."),
    EventKind.MERGED: Effect("Nothing."),
    EventKind.CONSENT_WITHDRAWN: Effect("Nothing."),
    EventKind.LEVEL_EXPIRED: Effect("Nothing."),
    EventKind.CLOSED: Effect("Nothing: they go with each person."),
}

"""What operators are told of life events, by those who write what happened."""

from registry.life_events.events import Effect, EventKind

_WRITER = "registry.persons.writer.PersonWriter"


def _written(words: str) -> Effect:
    return Effect(words, done_by=_WRITER)


_ANEW = _written("Operators are told: the household they left and the one they live in, with all members.")
EFFECTS = {
    EventKind.DIED: _written("Every operator is told to delete the record; the household is sent anew."),
    EventKind.DEATH_UNDONE: _written(
        "Operators that may hold the record are sent it anew, and the household, if they live in one again."
    ),
    EventKind.LEFT_FOR_OWN: _ANEW,
    EventKind.LEFT_ELSEWHERE: _written(
        "The household is sent anew. Operators that hold the person by consent are told to delete the record."
    ),
    EventKind.JOINED: _ANEW,
    EventKind.MOVED: _written("The household and its members are sent anew."),
    EventKind.MERGED: _written(
        "Every operator is told to delete the record; the record that remains is sent instead."
    ),
    EventKind.CONSENT_WITHDRAWN: Effect(
        "The operator is told to delete what it holds by that consent.",
        done_by="registry.consents.services.withdraw_consent",
    ),
    EventKind.LEVEL_EXPIRED: Effect(
        "The household and its members are sent anew, without the level.",
        done_by="registry.beneficiaries.expiry.expire_page",
    ),
    EventKind.CLOSED: _written("Operators are told to delete the household."),
}

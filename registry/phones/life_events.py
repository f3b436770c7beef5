"""What becomes of a person's account and of text messages on their way."""

from dsp_platform.accounts.assisted_sessions.services import end_assisted_session
from dsp_platform.accounts.models import AssistedSession
from dsp_platform.accounts.my_account import services as accounts
from registry.life_events.events import Effect, EventKind, LifeEvent


def close_access(event: LifeEvent) -> None:
    """The account is free for a claim by a relative; nobody acts for the person at the counter any more."""
    if event.account is not None:
        accounts.change_holder(account=event.account)
    for assisted_session in AssistedSession.objects.filter(subject_id=event.someone.pk, ended_at=None):
        end_assisted_session(assisted_session=assisted_session, end=AssistedSession.End.CLOSED)


_OWN = Effect("Nothing: account and phone are the person's own and go along.")
_NOT_CONCERNED = Effect("Nothing: account and phone are the persons' own.")
EFFECTS = {
    EventKind.DIED: Effect(
        "Their account loses its person and is signed out; cases at the counter with them end.",
        close_access,
    ),
    EventKind.LEFT_FOR_OWN: _OWN,
    EventKind.LEFT_ELSEWHERE: _OWN,
    EventKind.JOINED: _OWN,
    EventKind.MOVED: _NOT_CONCERNED,
    EventKind.MERGED: Effect("Nothing."),
    EventKind.CONSENT_WITHDRAWN: _NOT_CONCERNED,
    EventKind.LEVEL_EXPIRED: _NOT_CONCERNED,
    EventKind.CLOSED: _NOT_CONCERNED,
}

"""What becomes of requests for a change when something happens to whom they hang on."""

from collections.abc import Iterable

from django.db.models import QuerySet

from registry.changes.workflow import ASKER_LEFT, ENDED, change_workflow
from registry.life_events.events import Effect, EventKind, LifeEvent
from registry.models import ChangeRequest

NAMING = ("who", "head", "payee")
"""The answers that name a member whom the change affects. The mother of a newborn may have left or died."""


def _open(event: LifeEvent) -> QuerySet[ChangeRequest]:
    """One that is decided at this moment is skipped: that transaction waits for the household's lock, and
    then finds out by itself."""
    rows = ChangeRequest.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    opened = rows.filter(state__in=ChangeRequest.OPEN_STATES).select_related("asked_for__account", "asked_by")
    return opened.exclude(pk=event.request.pk) if event.request else opened


def _end(requests: Iterable[ChangeRequest], step: str, event: LifeEvent) -> None:
    for one in requests:
        change_workflow.take_step(one, step, actor=event.actor)


def end_of_former_member(event: LifeEvent) -> None:
    """What they asked for the household, and what others asked that names them."""
    here = _open(event).filter(household=event.household)
    _end(here.filter(asked_for=event.someone), ASKER_LEFT, event)
    names = [one.pk for one in here.exclude(asked_for=event.someone) if event.someone.spid in _named(one)]
    _end(here.filter(pk__in=names), ENDED, event)


def end_of_the_dead(event: LifeEvent) -> None:
    """Also what would move them to another household."""
    end_of_former_member(event)
    _end(_open(event).filter(mover=event.someone), ENDED, event)


def _named(request: ChangeRequest) -> set[str]:
    return {request.answers[step]["person"] for step in NAMING if step in request.answers}


_FORMER = Effect("What they asked for the household ends, and what others asked that names them.")
EFFECTS = {
    EventKind.DIED: Effect("As of who left; and what would move them.", end_of_the_dead),
    EventKind.LEFT_FOR_OWN: Effect(_FORMER.words, end_of_former_member),
    EventKind.LEFT_ELSEWHERE: Effect(_FORMER.words, end_of_former_member),
    EventKind.JOINED: Effect(_FORMER.words, end_of_former_member),
    EventKind.MOVED: Effect("Nothing."),
    EventKind.MERGED: Effect("Nothing."),
    EventKind.CONSENT_WITHDRAWN: Effect("Nothing: no request rests on a consent."),
    EventKind.LEVEL_EXPIRED: Effect("Nothing: no request rests on the poverty level."),
    EventKind.CLOSED: Effect("Nothing: what each member asked ended when they left."),
}

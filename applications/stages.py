"""The progress of an application in four stages, for the diagram on its page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from applications.models import Application, ApplicationEvent
from applications.workflow import CLOSING
from dsp_platform.casework.deadlines.models import WorkItemDeadline
from dsp_platform.casework.deadlines.timetable import DueFor

State = Application.State
PASSED, CURRENT, AHEAD, ENDED = "passed", "current", "ahead", "ended"
REVIEW = ("take_up", "ask_more", "answer", "document", "reopen")


@dataclass(frozen=True, slots=True)
class Stage:
    title: str
    how: str
    """``passed``, ``current``, ``ahead``, or ``ended``: refused, withdrawn or closed here."""
    on: date | None = None
    until: date | None = None
    """The day that is promised for it."""


def stages(
    application: Application, events: list[ApplicationEvent], *, decided_until: datetime | None = None
) -> list[Stage]:
    """Received, under review, decided, support starts. ``events`` are those of the application, oldest first.
    ``decided_until``: as ``until_when`` says; none where no day is promised now.

    After an appeal that succeeded, the review is the current stage again.
    """
    began = _last(events, REVIEW)
    is_open = application.state in Application.OPEN_STATES
    is_waiting = is_open and began is None
    way = [Stage(_("Received"), CURRENT if is_waiting else PASSED, localdate(application.submitted_at))]
    if application.state != State.WITHDRAWN or began is not None:
        how = PASSED if not is_open else CURRENT if began else AHEAD
        asked = application.state == State.MORE_ASKED
        way.append(Stage(_("Waiting for your answer") if asked else _("Under review"), how, _day(began)))
    way.append(_decision(application, is_open, events, decided_until))
    if application.state not in (State.REFUSED, State.WITHDRAWN):
        way.append(Stage(_("Support starts"), AHEAD if is_open else CURRENT))
    return way


def until_when(deadlines: Iterable[WorkItemDeadline]) -> datetime | None:
    """When it is decided at the latest, by the open ``deadlines`` of the application. None while the clock
    stands: a question waits for the applicant."""
    return next((one.due_at for one in deadlines if one.due_for == DueFor.DECIDE), None)


def _decision(
    application: Application, is_open: bool, events: list[ApplicationEvent], until: datetime | None
) -> Stage:
    if is_open:
        return Stage(_("Decision"), AHEAD, until=localdate(until) if until else None)
    last = _last(events, ("approve", "refuse", "refer", "withdraw", *CLOSING))
    day = _day(last)
    if last is not None and last.step in CLOSING:
        return Stage(_("Closed"), ENDED, day)
    if application.state == State.APPROVED:
        return Stage(_("Approved"), PASSED, day)
    refused = application.state == State.REFUSED
    return Stage(_("Not approved") if refused else _("Withdrawn"), ENDED, day)


def _last(events: list[ApplicationEvent], steps: tuple[str, ...]) -> ApplicationEvent | None:
    return next((event for event in reversed(events) if event.step in steps), None)


def _day(event: ApplicationEvent | None) -> date | None:
    return localdate(event.at) if event else None

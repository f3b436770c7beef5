"""The progress of an application in four stages, for the diagram on its page."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from applications.models import Application, ApplicationEvent
from applications.workflow import CLOSING

State = Application.State
PASSED, CURRENT, AHEAD, ENDED = "passed", "current", "ahead", "ended"
REVIEW = ("take_up", "ask_more", "answer", "document", "reopen")


@dataclass(frozen=True, slots=True)
class Stage:
    title: str
    how: str
    """``passed``, ``current``, ``ahead``, or ``ended``: refused, withdrawn or closed here."""
    on: date | None = None
    expected: date | None = None


def stages(
    application: Application, events: list[ApplicationEvent], *, lacks_consent: bool = False
) -> list[Stage]:
    """Received, under review, decided, support starts. ``events`` are those of the application, oldest first.
    ``lacks_consent``: the operator cannot decide it now, so no day is promised.

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
    decision = _decision(application, is_open, events)
    way.append(replace(decision, expected=None) if lacks_consent else decision)
    if application.state not in (State.REFUSED, State.WITHDRAWN):
        way.append(Stage(_("Support starts"), AHEAD if is_open else CURRENT))
    return way


def _decision(application: Application, is_open: bool, events: list[ApplicationEvent]) -> Stage:
    if is_open:
        return Stage(_("Decision"), AHEAD, expected=expected_on(application, events))
    last = _last(events, ("approve", "refuse", "refer", "withdraw", *CLOSING))
    day = _day(last)
    if last is not None and last.step in CLOSING:
        return Stage(_("Closed"), ENDED, day)
    if application.state == State.APPROVED:
        return Stage(_("Approved"), PASSED, day)
    refused = application.state == State.REFUSED
    return Stage(_("Not approved") if refused else _("Withdrawn"), ENDED, day)


def expected_on(application: Application, events: list[ApplicationEvent]) -> date | None:
    """The day by which it is usually decided; None where the programme sets no number of days.

    After a successful appeal it is counted from the start of the new review.
    """
    days = application.programme.expected_days
    anew = _last(events, ("reopen",))
    since = localdate(anew.at if anew else application.submitted_at)
    return None if days is None else since + timedelta(days)


def is_overdue(application: Application, events: list[ApplicationEvent]) -> bool:
    """The operator is late. Not while a question waits for the applicant."""
    expected = expected_on(application, events)
    waiting = application.state in (State.SUBMITTED, State.IN_REVIEW)
    return waiting and expected is not None and expected < localdate()


def _last(events: list[ApplicationEvent], steps: tuple[str, ...]) -> ApplicationEvent | None:
    return next((event for event in reversed(events) if event.step in steps), None)


def _day(event: ApplicationEvent | None) -> date | None:
    return localdate(event.at) if event else None

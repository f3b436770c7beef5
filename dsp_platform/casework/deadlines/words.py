"""The open deadlines of an item, as promises to the person whose item it is."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from dsp_platform.casework.deadlines.models import TimedItem, WorkItemDeadline
from dsp_platform.casework.deadlines.selectors import open_deadlines
from dsp_platform.casework.deadlines.timetable import DueFor
from dsp_platform.translations.label import Label

WORDS: dict[str, tuple[Label, Label]] = {
    DueFor.ACKNOWLEDGE: (
        _("Somebody takes it up until %(day)s"),
        _("Late: somebody should have taken it up until %(day)s"),
    ),
    DueFor.ANSWER: (
        _("You get an answer until %(day)s"),
        _("Late: you should have got an answer until %(day)s"),
    ),
    DueFor.RESOLVE: (
        _("It is resolved until %(day)s"),
        _("Late: it should have been resolved until %(day)s"),
    ),
    DueFor.DECIDE: (
        _("It is decided until %(day)s"),
        _("Late: it should have been decided until %(day)s"),
    ),
    DueFor.PERSON: (
        _("We wait for your answer until %(day)s"),
        _("You were asked for an answer until %(day)s"),
    ),
}
"""In time, and late."""


def promises(item: TimedItem, now: datetime | None = None) -> list[str]:
    """The next one first. What is late is said."""
    return promises_of(open_deadlines(item), now)


def promises_of(deadlines: Iterable[WorkItemDeadline], now: datetime | None = None) -> list[str]:
    """Of open ones, in their order."""
    now = now or timezone.now()
    return [_promise(row.due_for, row.due_at, late=row.due_at < now) for row in deadlines]


def _promise(due_for: str, due_at: datetime, *, late: bool) -> str:
    in_time, too_late = WORDS[due_for]
    day = date_format(timezone.localtime(due_at), "SHORT_DATE_FORMAT")
    return str(too_late if late else in_time) % {"day": day}

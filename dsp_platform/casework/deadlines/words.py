"""The open deadlines of an item, as promises to the person whose item it is."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from dsp_platform.casework.deadlines.models import TimedItem
from dsp_platform.casework.deadlines.services import open_deadlines
from dsp_platform.casework.deadlines.timetable import DueFor


def promises(item: TimedItem, now: datetime | None = None) -> list[str]:
    """The next one first. What is late is said."""
    now = now or timezone.now()
    return [_promise(row.due_for, row.due_at, late=row.due_at < now) for row in open_deadlines(item)]


def _promise(due_for: str, due_at: datetime, *, late: bool) -> str:
    words = _late(due_for) if late else _in_time(due_for)
    return words % {"day": date_format(timezone.localtime(due_at), "SHORT_DATE_FORMAT")}


def _in_time(due_for: str) -> str:
    match due_for:
        case DueFor.ACKNOWLEDGE:
            return _("Somebody takes it up until %(day)s")
        case DueFor.ANSWER:
            return _("You get an answer until %(day)s")
        case DueFor.RESOLVE:
            return _("It is resolved until %(day)s")
        case DueFor.DECIDE:
            return _("It is decided until %(day)s")
        case _:
            return _("We wait for your answer until %(day)s")


def _late(due_for: str) -> str:
    match due_for:
        case DueFor.ACKNOWLEDGE:
            return _("Late: somebody should have taken it up until %(day)s")
        case DueFor.ANSWER:
            return _("Late: you should have got an answer until %(day)s")
        case DueFor.RESOLVE:
            return _("Late: it should have been resolved until %(day)s")
        case DueFor.DECIDE:
            return _("Late: it should have been decided until %(day)s")
        case _:
            return _("You were asked for an answer until %(day)s")

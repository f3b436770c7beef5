"""The open deadlines of an item, as promises to the person whose item it is, and as whoever works on it reads
them."""

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
TO_STAFF: dict[str, tuple[Label, Label]] = {
    DueFor.ACKNOWLEDGE: (
        _("Take it up until %(day)s"),
        _("Late: to be taken up until %(day)s"),
    ),
    DueFor.ANSWER: (
        _("Answer until %(day)s"),
        _("Late: to be answered until %(day)s"),
    ),
    DueFor.RESOLVE: (
        _("Resolve it until %(day)s"),
        _("Late: to be resolved until %(day)s"),
    ),
    DueFor.DECIDE: (
        _("Decide until %(day)s"),
        _("Late: to be decided until %(day)s"),
    ),
    DueFor.PERSON: (
        _("The person is asked to answer until %(day)s"),
        _("The person was asked to answer until %(day)s"),
    ),
}


def promises(item: TimedItem, now: datetime | None = None) -> list[str]:
    """The next one first. What is late is said."""
    return promises_of(open_deadlines(item), now)


def promises_of(deadlines: Iterable[WorkItemDeadline], now: datetime | None = None) -> list[str]:
    """Of open ones, in their order."""
    return _in_words(WORDS, deadlines, now or timezone.now())


def promises_to_staff(item: TimedItem) -> list[str]:
    """The same, of what is to be done."""
    return _in_words(TO_STAFF, open_deadlines(item), timezone.now())


def _in_words(
    words: dict[str, tuple[Label, Label]], deadlines: Iterable[WorkItemDeadline], now: datetime
) -> list[str]:
    said = []
    for row in deadlines:
        in_time, too_late = words[row.due_for]
        day = date_format(timezone.localtime(row.due_at), "SHORT_DATE_FORMAT")
        said.append(str(too_late if row.due_at < now else in_time) % {"day": day})
    return said

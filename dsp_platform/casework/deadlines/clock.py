"""When something is due, counted from when it began and from the times in which the person was asked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from dsp_platform.working_days.calendar import WorkingDays, day_of, end_of

Pause = tuple[datetime, datetime | None]
"""From the question to its answer; None where it waits."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """Working days, or hours of the clock, which also run at night and on days off: for danger."""

    days: int = 0
    hours: int = 0

    def __post_init__(self) -> None:
        if (self.days > 0) == (self.hours > 0) or min(self.days, self.hours) < 0:
            raise ValueError("An allowance is of working days, or of hours.")


def due(allowance: Allowance, since: datetime, pauses: Iterable[Pause], days: WorkingDays) -> datetime | None:
    """None while the clock stands. What was due before a question stays due then.

    The day of the beginning does not count, nor that of an answer; whoever is answered on the last day has
    the next one to read it. A day is over at midnight in Phnom Penh.
    """
    if allowance.hours:
        return _hours_due(timedelta(hours=allowance.hours), since, pauses)
    left, begun = allowance.days, day_of(since)
    for asked, answered in pauses:
        spent = days.between(begun, day_of(asked))
        if spent > left:
            break
        if answered is None:
            return None
        left, begun = max(1, left - spent), day_of(answered)
    return end_of(days.after(begun, left))


def _hours_due(left: timedelta, since: datetime, pauses: Iterable[Pause]) -> datetime | None:
    for asked, answered in pauses:
        if asked - since > left:
            break
        if answered is None:
            return None
        left, since = left - (asked - since), answered
    return since + left


def reminded(since: datetime, due_at: datetime, days: WorkingDays) -> datetime:
    """When whoever handles it is reminded: as the last working day before begins, or half way where there is
    none."""
    day = day_of(due_at)
    while day > day_of(since):
        day -= timedelta(days=1)
        begins = end_of(day - timedelta(days=1)) + timedelta(seconds=1)
        if begins > since and days.is_working(day):
            return begins
    return since + (due_at - since) / 2

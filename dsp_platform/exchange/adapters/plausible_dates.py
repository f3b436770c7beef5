"""Which dates and moments of an operator's system are plausible.

PostgreSQL stores moments that Python cannot read, and "no date" is the year 1 in many systems.
"""

from datetime import date, datetime, timedelta

from django.utils import timezone

from dsp_platform.exchange.models.reports import EARLIEST

EARLIEST_DAY = date(1900, 1, 1)

# Clocks may be wrong by hours. After a report from further in the future no later one would count.
AHEAD = timedelta(days=1)


def is_plausible(moment: datetime) -> bool:
    """Of something that happened: neither before 1900 nor in the future."""
    try:
        return moment >= EARLIEST and moment - timezone.now() < AHEAD
    except OverflowError:
        return False


def read_day(text: str, *, may_lie_ahead: bool) -> date:
    """Raises ValueError for a date that is malformed or not plausible."""
    day = date.fromisoformat(text)
    if day < EARLIEST_DAY or (not may_lie_ahead and day > timezone.localdate() + AHEAD):
        raise ValueError("not a plausible date")
    return day

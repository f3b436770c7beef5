"""Which days and moments of another system we believe: each that one of our processes can read again."""

from datetime import UTC, date, datetime, timedelta

from django.utils import timezone

# Of what people and their cards are today, nothing began before. Year 1 is the "no date" of many systems.
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
EARLIEST_DAY = date(1900, 1, 1)
# A clock may be wrong by hours. A report from far ahead would make every later one old news.
AHEAD = timedelta(days=1)


def is_plausible(moment: datetime) -> bool:
    """Of something that happened: not long before our time, and not ahead of it."""
    try:
        return moment >= EARLIEST and moment - timezone.now() < AHEAD
    except OverflowError:
        return False


def read_day(text: str, *, may_lie_ahead: bool) -> date:
    """Raises ValueError for what is no day, or none that can be meant."""
    day = date.fromisoformat(text)
    if day < EARLIEST_DAY or (not may_lie_ahead and day > timezone.localdate() + AHEAD):
        raise ValueError("a day that cannot be meant")
    return day

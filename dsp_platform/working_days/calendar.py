"""Working days: Monday to Friday in Phnom Penh, without public holidays, and as decrees say.

The public service works Monday to Friday. A public holiday on a weekend is followed by no other day off;
where the government gives one, it does so by decree.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from django.utils.timezone import localdate
from holidays import country_holidays

from dsp_platform.web.request_cache import cached_per_request
from dsp_platform.working_days.models import DecreedDay

PHNOM_PENH = ZoneInfo("Asia/Phnom_Penh")
SATURDAY = 5
LAST_SECOND = time(23, 59, 59)


@cache
def _public_holidays(year: int) -> frozenset[date]:
    return frozenset(country_holidays("KH", years=year))


def day_of(moment: datetime) -> date:
    """The day that it is then in Phnom Penh."""
    return localdate(moment, PHNOM_PENH)


def end_of(day: date) -> datetime:
    return datetime.combine(day, LAST_SECOND, PHNOM_PENH).astimezone(UTC)


class WorkingDays:
    """``decreed``: by day, whether it is a working day by decree."""

    def __init__(self, decreed: Mapping[date, bool] | None = None) -> None:
        self._decreed = decreed or {}

    def is_working(self, day: date) -> bool:
        usual = day.weekday() < SATURDAY and day not in _public_holidays(day.year)
        return self._decreed.get(day, usual)

    def after(self, day: date, number: int) -> date:
        """The ``number``-th working day after a day, which itself does not count."""
        if number < 1:
            raise ValueError("The first working day after a day is number 1.")
        days = (later for later in _days_after(day) if self.is_working(later))
        return next(later for counted, later in enumerate(days, start=1) if counted == number)

    def between(self, day: date, until: date) -> int:
        """How many working days come after ``day``, up to and with ``until``."""
        return sum(self.is_working(day + timedelta(days)) for days in range(1, (until - day).days + 1))


def _days_after(day: date) -> Iterator[date]:
    while True:
        day += timedelta(days=1)
        yield day


@cached_per_request
def working_days() -> WorkingDays:
    """With the decrees of today."""
    rows = DecreedDay.objects.exclude(rule=DecreedDay.Rule.AS_USUAL).values_list("day", "rule")
    return WorkingDays({day: rule == DecreedDay.Rule.WORKING for day, rule in rows})

"""Dates of which only the month or the year may be known, typed in three boxes or in one."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Self
from zoneinfo import ZoneInfo

from dsp_platform.khmer.digits import latin_digits

Precision = Literal["day", "month", "year"]

LONGEST_LIFE = 125
"""In full years: nobody is known to have lived longer than 122. Whoever would be older is not entered."""
_BUDDHIST_ERA = range(2300, 2800)  # Buddhist era years run 543 or 544 ahead of the common era
_NUMBER = re.compile(r"[0-9]{1,4}")
_BETWEEN = re.compile(r"[\s/.,\u200b-]+")
_CUTS = {8: (slice(0, 2), slice(2, 4), slice(4, 8)), 6: (slice(0, 2), slice(2, 6))}
"""Day, month and year of a date that is typed as one number, by how many digits it has."""
_ISO = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
_PRECISIONS: tuple[Precision, ...] = ("year", "month", "day")
_LENGTHS = {"year": 4, "month": 7, "day": 10}


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date known to the day, the month or the year: the period of days that it can be.

    As text, in ISO 8601 with reduced precision: ``1998``, ``1998-05`` or ``1998-05-20``. So drafts keep it.
    """

    first: date
    precision: Precision = "day"

    def __post_init__(self) -> None:
        """Begins with the period, whichever of its days it is given."""
        first = self.first
        if self.precision != "day":
            first = first.replace(day=1)
        if self.precision == "year":
            first = first.replace(month=1)
        object.__setattr__(self, "first", first)

    @classmethod
    def parse(cls, text: str) -> Self:
        """The reverse of ``str``. Raises ValueError."""
        if not _ISO.fullmatch(text):
            raise ValueError("not an ISO date")
        known = text.count("-")
        return cls(date.fromisoformat(text + "-01" * (2 - known)), _PRECISIONS[known])

    def __str__(self) -> str:
        return self.first.isoformat()[: _LENGTHS[self.precision]]

    @property
    def last(self) -> date:
        if self.precision == "day":
            return self.first
        month = 12 if self.precision == "year" else self.first.month
        return date(self.first.year, month, monthrange(self.first.year, month)[1])

    @property
    def written(self) -> str:
        """22/11/2026, 11/2026 or 2026. In Cambodia both languages write dates alike."""
        day = self.first
        full = f"{day.day:02}/{day.month:02}/{day.year:04}"
        return {"day": full, "month": full[3:], "year": full[6:]}[self.precision]

    def agrees_with(self, other: "PartialDate") -> bool:
        """Both can be the same day: what both know is equal."""
        return self.first <= other.last and other.first <= self.last

    def is_within(self, other: "PartialDate") -> bool:
        """It agrees with ``other``, and is known at least as exactly."""
        return self.agrees_with(other) and _LENGTHS[self.precision] >= _LENGTHS[other.precision]

    def may_precede(self, other: "PartialDate") -> bool:
        """Some day of it is before, or the same as, some day of ``other``."""
        return self.first <= other.last

    def ages_on(self, day: date) -> range:
        """The full years that may have passed, as a range from the least to the most, and at least 0: more
        than one age where the anniversary may lie before or after ``day``."""
        return range(max(full_years(self.last, day), 0), max(full_years(self.first, day), 0) + 1)


def full_years(born: date, day: date) -> int:
    """From one day to another."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


class DateProblem(ValueError):
    """What was typed is not a date; the form has a message for each ``code``."""

    code = "not_a_date"


class NotADate(DateProblem):
    pass


class YearMissing(DateProblem):
    code = "year_missing"


class MonthMissing(DateProblem):
    code = "month_missing"


class ShortYear(DateProblem):
    code = "short_year"


class BuddhistYear(DateProblem):
    code = "buddhist_year"


class InTheFuture(DateProblem):
    code = "future"


class TooOld(DateProblem):
    code = "too_old"


def parse_date_parts(day: str, month: str, year: str, *, today: date | None = None) -> PartialDate:
    """Day, or day and month, may be empty.

    Raises a ``DateProblem``. Accepts Khmer digits.
    """
    today = today or datetime.now(ZoneInfo("Asia/Phnom_Penh")).date()
    typed_day, typed_month, typed_year = (_number(part) for part in (day, month, year))
    if typed_year is None:
        raise YearMissing
    if typed_year < 100:
        raise ShortYear
    if typed_year < today.year - LONGEST_LIFE:
        raise TooOld
    if typed_year in _BUDDHIST_ERA:
        raise BuddhistYear
    if typed_year > today.year:
        raise InTheFuture
    if typed_month is None:
        if typed_day is not None:
            raise MonthMissing
        return PartialDate(date(typed_year, 1, 1), "year")
    try:
        found = date(typed_year, typed_month, 1 if typed_day is None else typed_day)
    except ValueError as error:
        raise NotADate from error
    if found > today:
        raise InTheFuture
    return PartialDate(found, "month" if typed_day is None else "day")


def parse_typed_date(text: str, *, today: date | None = None) -> PartialDate:
    """Typed into one box: 02111978, 2/11/1978 or 2.11.1978; 111978 or 11/1978; 1978; 1978-11-02.

    Raises a ``DateProblem``. Accepts Khmer digits. Seven digits are no date: 1121978 is two of them.
    """
    parts = [part for part in _BETWEEN.split(latin_digits(text).strip()) if part]
    if len(parts) == 1 and len(parts[0]) in _CUTS:
        parts = [parts[0][cut] for cut in _CUTS[len(parts[0])]]
    elif len(parts) == 3 and len(parts[0]) == 4:  # as a computer writes it
        parts.reverse()
    if len(parts) > 3 or any(not _NUMBER.fullmatch(part) for part in parts):
        raise NotADate
    return parse_date_parts(*["", "", "", *parts][-3:], today=today)


def _number(text: str) -> int | None:
    text = latin_digits(text).strip()
    if not text:
        return None
    if not _NUMBER.fullmatch(text):
        raise NotADate
    return int(text)

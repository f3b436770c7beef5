"""Dates of which only the month or the year may be known, typed in three boxes."""

import re
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from dsp_platform.khmer.digits import latin_digits

Precision = Literal["day", "month", "year"]

_OLDEST = 125
_BUDDHIST_ERA = range(2300, 2800)  # Buddhist era years run 543 or 544 ahead of the common era
_NUMBER = re.compile(r"[0-9]{1,4}")


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


def parse_date_parts(day: str, month: str, year: str, *, today: date | None = None) -> tuple[date, Precision]:
    """The first day that matches, and its precision. Day, or day and month, may be empty.

    Raises a ``DateProblem``. Accepts Khmer digits.
    """
    today = today or datetime.now(ZoneInfo("Asia/Phnom_Penh")).date()
    typed_day, typed_month, typed_year = (_number(part) for part in (day, month, year))
    if typed_year is None:
        raise YearMissing
    if typed_year < 100:
        raise ShortYear
    if typed_year < today.year - _OLDEST:
        raise TooOld
    if typed_year in _BUDDHIST_ERA:
        raise BuddhistYear
    if typed_year > today.year:
        raise InTheFuture
    if typed_month is None:
        if typed_day is not None:
            raise MonthMissing
        return date(typed_year, 1, 1), "year"
    try:
        found = date(typed_year, typed_month, 1 if typed_day is None else typed_day)
    except ValueError as error:
        raise NotADate from error
    if found > today:
        raise InTheFuture
    return found, "month" if typed_day is None else "day"


def _number(text: str) -> int | None:
    text = latin_digits(text).strip()
    if not text:
        return None
    if not _NUMBER.fullmatch(text):
        raise NotADate
    return int(text)


def format_date(value: date, precision: str = "day", language: str = "km") -> str:
    """22/11/2026, 11/2026 or 2026, by precision.

    ``language`` makes no difference: in Cambodia both languages write dates alike.
    """
    full = f"{value.day:02}/{value.month:02}/{value.year:04}"
    return {"day": full, "month": full[3:], "year": full[6:]}[precision]

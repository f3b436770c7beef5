"""Other days of birth and death: of the same year, as exactly known, and for the same age today."""

import random
from datetime import date, timedelta

from dsp_platform.khmer.dates import PartialDate


def other_birth(key: str, person: int, born: PartialDate, today: date) -> PartialDate:
    """On the same side of today's day of the year, so that the age stays."""
    if born.precision == "year":
        return born
    chance = random.Random(f"{key} born {person}")  # noqa: S311
    begin, end = date(born.first.year, 1, 1), date(born.first.year, 12, 31)
    try:
        turned = date(born.first.year, today.month, today.day)
    except ValueError:  # 29 February
        turned = date(born.first.year, 2, 28)
    if born.precision == "month" and born.first.month == today.month:
        return born
    if born.precision == "month":
        months = range(1, today.month) if born.first.month < today.month else range(today.month + 1, 13)
        return PartialDate(date(born.first.year, chance.choice(months), 1), "month")
    begin, end = (begin, turned) if born.first <= turned else (turned + timedelta(days=1), end)
    if born.first.year == today.year:
        end = min(end, today)
    return PartialDate(_between(chance, begin, end))


def other_death(key: str, person: int, died: PartialDate, born: PartialDate, today: date) -> PartialDate:
    """Not before the other birth."""
    if died.precision == "year":
        return died
    begin = max(date(died.first.year, 1, 1), born.first)
    end = max(min(date(died.first.year, 12, 31), today), begin)
    chance = random.Random(f"{key} died {person}")  # noqa: S311
    return PartialDate(_between(chance, begin, end), died.precision)


def _between(chance: random.Random, begin: date, end: date) -> date:
    return begin + timedelta(days=chance.randint(0, (end - begin).days))

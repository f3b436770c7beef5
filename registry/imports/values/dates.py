"""Dates as people and programs write them."""

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from dsp_platform.khmer.dates import PartialDate
from dsp_platform.khmer.digits import latin_digits
from dsp_platform.khmer.text import search_key
from registry.imports.values.text import DISTINCT, cell_text


class ReadDate(NamedTuple):
    date: PartialDate | None
    """None where the cell is empty or cannot be read; ``code`` tells which."""
    code: str = ""
    """Of a finding."""


EMPTY = ReadDate(None)
_UNREADABLE = ReadDate(None, "date_unreadable")

# 543 is what computers add and take away. The Buddhist year begins in May, so that by the calendar of
# Cambodia it is 544 for the rest of the year: matching takes years beside each other as a slip.
_BUDDHIST_YEARS, _BUDDHIST_OFFSET = range(2400, 2800), 543
_YEARS = range(1880, 2200)
# Days since the 30th of December 1899, as spreadsheets count after February 1900.
_FIRST_SERIAL = date(1899, 12, 30)
_SERIALS = range(10_000, 60_000)  # until 2064

_ENGLISH = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_KHMER = ["មករា", "កុម្ភៈ", "មីនា", "មេសា", "ឧសភា", "មិថុនា", "កក្កដា", "សីហា", "កញ្ញា", "តុលា", "វិច្ឆិកា", "ធ្នូ"]
_KHMER_MONTHS = {search_key(name): number for number, name in enumerate(_KHMER, 1)} | {
    search_key(name): number
    for name, number in (("កុម្ភះ", 2), ("កុម្ភ", 2), ("មិនា", 3), ("កក្កតា", 7), ("វិចិ្ឆកា", 11))
}
_WORDS_AROUND = re.compile(r"ថ្ងៃទី|ថ្ងៃ|ទី|ខែ|ឆ្នាំ|ព\.ស\.?|គ\.ស\.?|,")
_TIME = re.compile(r"[T ]+(\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?)\s*([ap]m)?(Z|[+-]\d{2}:?\d{2})?$", re.IGNORECASE)
_SEPARATOR = re.compile(r"[\s/.\-\u2013]+")
_LETTERS = re.compile(r"[^\W\d_]")


@lru_cache(DISTINCT)
def read_date(cell: str, month_first: bool = False, january_first_is_year: bool = False) -> ReadDate:
    text = latin_digits(cell_text(cell))
    if not text or not text.strip("0-/. :"):  # 0000-00-00 is how some databases write nothing
        return EMPTY
    found = _read_text(_TIME.sub("", text), month_first)
    if january_first_is_year and found.date and str(found.date).endswith("-01-01"):
        return ReadDate(PartialDate(found.date.first, "year"), found.code)
    return found


def _read_text(text: str, month_first: bool) -> ReadDate:
    number = text.removesuffix(".0")
    if number.isdecimal():
        return _of_number(number)
    parts = [part for part in _SEPARATOR.split(_WORDS_AROUND.sub(" ", text)) if part]
    months = [_month(part) for part in parts]
    if any(months):
        return _of_words(parts, months)
    if not all(part.isdecimal() for part in parts):
        return _UNREADABLE
    return _of_numbers(parts, month_first)


def _of_number(number: str) -> ReadDate:
    """A year, a date without separators, or the number of a day as spreadsheets count."""
    if len(number) == 4:
        return _date(number)
    if len(number) == 8:
        found = _date(number[:4], number[4:6], number[6:])
        return found if found.date else _date(number[4:], number[2:4], number[:2])
    if len(number) == 5 and int(number) in _SERIALS:
        return ReadDate(PartialDate(_FIRST_SERIAL + timedelta(days=int(number))), "date_serial")
    return _UNREADABLE


def _month(part: str) -> int:
    if not _LETTERS.search(part):
        return 0
    if part.isascii():
        short = part[:3].casefold()
        return _ENGLISH.index(short) + 1 if short in _ENGLISH and len(part) <= 9 else 0
    return _KHMER_MONTHS.get(search_key(part), 0)


def _of_words(parts: list[str], months: list[int]) -> ReadDate:
    """20 May 1990, May 20 1990, May 1990, and so in Khmer."""
    numbers = [part for part, month in zip(parts, months, strict=True) if not month]
    month = str(max(months))
    if sum(map(bool, months)) != 1 or not all(part.isdecimal() for part in numbers):
        return _UNREADABLE
    match numbers:
        case [year]:
            return _date(year, month)
        case [year, day] if len(year) == 4:
            return _date(year, month, day)
        case [day, year]:
            return _date(year, month, day)
    return _UNREADABLE


def _of_numbers(parts: list[str], month_first: bool) -> ReadDate:
    match parts:
        case [year, month] if len(year) == 4:
            return _date(year, month)
        case [month, year]:
            return _date(year, month)
        case [year, month, day] if len(year) == 4:
            return _date(year, month, day)
        case [first, second, year]:
            day, month = (second, first) if month_first else (first, second)
            found = _date(year, month, day)
            if found.date or found.code != "date_impossible":
                return found
            other = _date(year, day, month)
            return ReadDate(other.date, "date_other_order") if other.date else found
    return _UNREADABLE


def _date(year: str, month: str = "", day: str = "") -> ReadDate:
    """A day or month of zero is unknown."""
    if len(year) < 4:
        return ReadDate(None, "date_short_year")
    known, code = int(year), ""
    if known in _BUDDHIST_YEARS:
        known, code = known - _BUDDHIST_OFFSET, "date_buddhist"
    if known not in _YEARS or max(len(month), len(day)) > 2:
        return _UNREADABLE
    of_year, of_month = int(month or 0), int(day or 0)
    try:
        if not of_year:
            return ReadDate(PartialDate(date(known, 1, 1), "year"), code)
        if not of_month:
            return ReadDate(PartialDate(date(known, of_year, 1), "month"), code)
        return ReadDate(PartialDate(date(known, of_year, of_month)), code)
    except ValueError:
        return ReadDate(None, "date_impossible")


@lru_cache(DISTINCT)
def read_parts(year: str, month: str, day: str) -> ReadDate:
    """A date in several cells."""
    texts = [latin_digits(cell_text(cell)).removesuffix(".0") for cell in (year, month, day)]
    if not texts[0].strip("0"):
        return EMPTY
    if named := _month(texts[1]):
        texts[1] = str(named)
    if not all(text.isdecimal() for text in texts if text):
        return _UNREADABLE
    return _date(*texts)

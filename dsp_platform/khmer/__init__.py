"""Khmer text, digits, dates and money: pure functions, no database, no Django."""

from dsp_platform.khmer.dates import (
    BuddhistYear,
    DateProblem,
    InTheFuture,
    MonthMissing,
    NotADate,
    Precision,
    ShortYear,
    TooOld,
    YearMissing,
    format_date,
    parse_date_parts,
)
from dsp_platform.khmer.digits import digits_of, khmer_digits, latin_digits
from dsp_platform.khmer.money import format_riel
from dsp_platform.khmer.text import clean, clean_lines, normalise, search_key, visible

__all__ = [
    "BuddhistYear",
    "DateProblem",
    "InTheFuture",
    "MonthMissing",
    "NotADate",
    "Precision",
    "ShortYear",
    "TooOld",
    "YearMissing",
    "clean",
    "clean_lines",
    "digits_of",
    "format_date",
    "format_riel",
    "khmer_digits",
    "latin_digits",
    "normalise",
    "parse_date_parts",
    "search_key",
    "visible",
]

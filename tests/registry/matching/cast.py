"""Sok Sokha as a record to compare, and what others know of her."""

from datetime import date
from typing import Any

from dsp_platform.khmer.dates import PartialDate
from registry.matching.features import Features
from registry.matching.records import Match, MatchRecord
from registry.matching.scoring import match

VILLAGE = "01020101"


def born(text: str) -> PartialDate:
    return PartialDate.parse(text)


def record(**changes: Any) -> MatchRecord:
    """A woman of 1984 in Ou Thum, without a document and a phone."""
    values = {
        "family_name": "សុខ",
        "given_name": "សុខា",
        "sex": "female",
        "born": PartialDate(date(1984, 4, 14)),
        "villages": frozenset({VILLAGE}),
    }
    return MatchRecord(**{**values, **changes})


def compared(first: MatchRecord, second: MatchRecord) -> Match | None:
    """As in the registry of the whole nation."""
    return match(Features(first), Features(second))

"""Ranges of numbers in which two sides differ, and how they are divided. Pure arithmetic.

Each side has count, sum and checksum of the numbers in a range. A query is one scan of a table, however many
ranges it has, so few queries have many ranges each.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from dsp_platform.exchange.adapters.base import Summary

FIRST_RANGES = 1024
MOST_RANGES = 4096
# Few enough to be listed without dividing further.
SMALL = 1000
# So many numbers of each side are in memory at once.
CHUNK = 100_000


class KeyRange(NamedTuple):
    """A range in which the sides differ; ``size``: how many numbers there, of the side that has more."""

    low: int
    high: int
    size: int


def cut(low: int, high: int, parts: int) -> list[int]:
    """The bounds of so many ranges of equal width, or of fewer where there are not as many numbers."""
    parts = max(1, min(parts, high - low))
    return [low + (high - low) * place // parts for place in range(parts + 1)]


def differing(bounds: Sequence[int], ours: Sequence[Summary], theirs: Sequence[Summary]) -> list[KeyRange]:
    return [
        KeyRange(low, high, max(our.number, their.number))
        for low, high, our, their in zip(bounds[:-1], bounds[1:], ours, theirs, strict=True)
        if our != their
    ]


def too_big(parts: Sequence[KeyRange]) -> list[KeyRange]:
    """Which of them to divide before numbers are listed; none if listing costs no more than another query.

    Where nearly everything differs, dividing excludes nothing.
    """
    if sum(part.size for part in parts) <= CHUNK:
        return []
    big = [part for part in parts if part.size > SMALL and part.high - part.low > 1]
    if len(big) * 4 > MOST_RANGES:
        return [part for part in big if part.size > CHUNK]
    return big


def divide(parts: Sequence[KeyRange]) -> list[int]:
    """Bounds that cut each part into smaller ones. The gap between two parts becomes a range too."""
    most = max(2, MOST_RANGES // max(1, len(parts)))
    bounds: set[int] = set()
    for part in parts:
        bounds.update(cut(part.low, part.high, min(most, max(2, 2 * part.size // SMALL))))
    return sorted(bounds)


def inside(found: Iterable[KeyRange], parts: Sequence[KeyRange]) -> list[KeyRange]:
    """Those of ``found`` that lie in one of ``parts``; both ascend."""
    kept: list[KeyRange] = []
    place = 0
    for one in found:
        while place < len(parts) and parts[place].high <= one.low:
            place += 1
        if place < len(parts) and parts[place].low <= one.low:
            kept.append(one)
    return kept


def chunk(parts: Sequence[KeyRange]) -> tuple[list[KeyRange], list[KeyRange]]:
    """Those to be listed now, at least one, and the rest."""
    total = 0
    for place, part in enumerate(parts):
        total += part.size
        if place and total > CHUNK:
            return list(parts[:place]), list(parts[place:])
    return list(parts), []

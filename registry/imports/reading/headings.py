"""The row in which the headings stand: above it there may be a title, an emblem, the date."""

from collections.abc import Collection, Sequence
from functools import lru_cache

import regex

from dsp_platform.khmer.text import search_key

SEARCHED = 30
"""So many rows from the first on are looked through."""
_NOT_IN_KEY = regex.compile(r"[^\p{L}\p{M}\p{N}]")


@lru_cache(4096)
def heading_key(heading: str) -> str:
    """Equal for what people take for the same heading: case, spaces, line breaks, hidden characters."""
    return search_key(heading) or _NOT_IN_KEY.sub("", heading) or heading.strip()


def headings_at(rows: Sequence[Sequence[str]], wanted: Collection[str]) -> int | None:
    """The row that has the most of the wanted headings; the first of several, and None where none has any.

    Without wanted ones the first row with two texts, or with any.
    """
    keys = {heading_key(name) for name in wanted}
    if not keys:
        filled = [sum(1 for cell in row if cell.strip()) for row in rows]
        return next((at for at, cells in enumerate(filled) if cells > 1), None)
    counts = [len(keys & {heading_key(cell) for cell in row if cell.strip()}) for row in rows]
    best = max(counts, default=0)
    return counts.index(best) if best else None


def number_lacking(columns: Collection[str], wanted: Collection[str]) -> int:
    """How many of the wanted headings are not among the columns."""
    return len({heading_key(name) for name in wanted} - {heading_key(name) for name in columns})


def under(cells: Sequence[str], below: Sequence[str], wanted: Collection[str]) -> list[str] | None:
    """The headings, where some of the wanted ones stand in a second line: below merged cells. None if not."""
    keys = {heading_key(name) for name in wanted} - {heading_key(cell) for cell in cells if cell.strip()}
    found = {at for at, cell in enumerate(below) if cell.strip() and heading_key(cell) in keys}
    if not found:
        return None
    above = [*cells, *[""] * (len(below) - len(cells))]
    return [below[at] if at in found else cell for at, cell in enumerate(above)]


def named_apart(cells: Sequence[str]) -> list[str]:
    """As they are written, on one line; the second of two equal ones is marked, the last empty ones cut."""
    names = [" ".join(cell.split()) for cell in cells]
    while names and not names[-1]:
        names.pop()
    seen: dict[str, int] = {}
    apart = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        apart.append(name if seen[name] == 1 or not name else f"{name} ({seen[name]})")
    return apart

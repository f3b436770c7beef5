"""A table of a file, row by row: every cell as text, whatever kind of file it stands in."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, NamedTuple

from registry.imports.findings import Finding
from registry.imports.reading.headings import SEARCHED, headings_at, named_apart, under
from registry.imports.reading.words import NOTES, REFUSALS

MOST_COLUMNS = 500
LONGEST = 1000
"""Characters of a cell: more is no value of a person, and may take rules for names or dates long."""


class Row(NamedTuple):
    number: int
    """As a spreadsheet shows it, the first one being 1."""
    cells: Sequence[str]
    """As many as there are columns."""
    findings: Sequence[Finding] = ()


class Note(NamedTuple):
    """What was detected of the file, to be shown before anything is imported."""

    code: str
    params: Mapping[str, Any] = {}

    @property
    def words(self) -> str:
        """In the language of the reader."""
        return str(NOTES[self.code]) % self.params


@dataclass
class Sheet:
    columns: Sequence[str]
    rows: Iterator[Row]
    """Once, in the order of the file, without empty ones. Raises ``Unreadable`` where the file breaks off."""
    notes: list[Note]
    expected: int | None = None
    """About how many rows there are, where that can be told before they are read."""


class Unreadable(Exception):
    """A file that is not read, and why."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params

    @property
    def words(self) -> str:
        """In the language of the reader."""
        return str(REFUSALS[self.code]) % self.params


Numbered = tuple[int, Sequence[str]]


def sheet_of(
    rows: Iterable[Numbered],
    *,
    wanted: Collection[str],
    notes: list[Note],
    expected: int | None = None,
    with_empty: bool = True,
) -> Sheet:
    """Of numbered rows, the headings among the first of them. Raises ``Unreadable``.

    ``with_empty``: whether rows have their last cells though they are empty, so that one without was cut.
    """
    following = iter(rows)
    first = list(islice(following, SEARCHED))
    if not any(any(cell.strip() for cell in cells) for _number, cells in first):
        raise Unreadable("empty")
    at = headings_at([cells for _number, cells in first], wanted)
    if at is None:
        raise Unreadable("no_headings")
    number, cells = first[at]
    notes.append(Note("headings", {"row": number}))
    if at and (both := under(cells, first[at - 1][1], wanted)):
        cells = both
    elif at + 1 < len(first) and (both := under(cells, first[at + 1][1], wanted)):
        at, cells = at + 1, both
    columns = named_apart(cells)
    if len(columns) > MOST_COLUMNS:
        raise Unreadable("too_many_columns", number=len(columns))
    below = _below(chain(first[at + 1 :], following), len(columns), with_empty)
    return Sheet(columns, below, notes, expected)


def _below(rows: Iterable[Numbered], width: int, with_empty: bool) -> Iterator[Row]:
    """Each as wide as the headings, and no cell too long."""
    for number, written in rows:
        cells: Sequence[str] = written
        if any(len(cell) > LONGEST for cell in cells):
            cells = [cell[:LONGEST] for cell in cells]
            yield Row(number, _fitted(cells, width), [Finding("cell_long")])
        elif len(cells) == width:
            if any(cells):
                yield Row(number, cells)
        elif len(cells) > width:
            beyond = any(cell.strip() for cell in cells[width:])
            if beyond or any(cells):
                findings = [Finding("row_long")] if beyond else ()
                yield Row(number, cells[:width], findings)
        elif any(cell.strip() for cell in cells):
            yield Row(number, _fitted(cells, width), [Finding("row_short")] if with_empty else ())


def _fitted(cells: Sequence[str], width: int) -> Sequence[str]:
    return [*cells[:width], *[""] * (width - len(cells))]

"""Text files: CSV, TSV, and what is called so."""

import csv
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import IO

from registry.imports.reading.encodings import Encoding
from registry.imports.reading.headings import heading_key, headings_at
from registry.imports.reading.sheet import Note, Numbered, Sheet, Unreadable, sheet_of

LONGEST_LINE = 1_000_000
# No line has one. If it comes back within a cell, a quotation mark is open to the end of the file.
_END = "\0"
_SEPARATORS = {",": ",", ";": ";", "\t": "tab", "|": "|"}
_SAMPLED = 100
_PIECE = 1 << 20


@contextmanager
def open_delimited(path: Path, encoding: Encoding, *, wanted: Collection[str]) -> Iterator[Sheet]:
    with path.open(encoding=encoding.name, errors="replace", newline="") as file:
        separator, skipped = _separator(file, wanted)
    notes = [Note("text", {"encoding": encoding.label, "separator": _SEPARATORS[separator]})]
    if encoding.loses:
        notes.append(Note("characters_lost"))
    with path.open(encoding=encoding.name, errors="replace", newline="") as file:
        rows = _rows(file, separator)
        below = islice(rows, skipped, None)
        yield sheet_of(below, wanted=wanted, notes=notes, expected=_line_breaks(path))


def _line_breaks(path: Path) -> int | None:
    """Also those within cells: the rows are at most so many."""
    with path.open("rb") as file:
        return sum(piece.count(b"\n") for piece in iter(partial(file.read, _PIECE), b"")) or None


def _separator(file: IO[str], wanted: Collection[str]) -> tuple[str, int]:
    """And how many rows stand before the table: Excel writes the separator in a line of its own."""
    lines = [line for line in islice(_lines(file), _SAMPLED) if line.strip()]
    if not lines:
        raise Unreadable("empty")
    told = lines[0].strip().strip('"')
    if told.lower().startswith("sep=") and told[4:] in _SEPARATORS:
        return told[4:], 1
    return max(_SEPARATORS, key=lambda separator: _fits(lines, separator, wanted)), 0


def _fits(lines: list[str], separator: str, wanted: Collection[str]) -> tuple[int, int, int]:
    """Headings that are found; then rows of one width; then that width."""
    try:
        rows = list(csv.reader(lines, delimiter=separator))
    except csv.Error:
        return (0, 0, 0)
    at = headings_at(rows, wanted) if wanted else None
    keys = {heading_key(name) for name in wanted}
    headings = 0 if at is None else len(keys & {heading_key(cell) for cell in rows[at] if cell})
    width, of_width = Counter(len(row) for row in rows if row).most_common(1)[0]
    return (headings, of_width if width > 1 else 0, width)


def _lines(file: IO[str]) -> Iterator[str]:
    number = 0
    while line := file.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE:
            raise Unreadable("line_too_long", line=number)
        yield line.replace("\0", "") if "\0" in line else line


def _rows(file: IO[str], separator: str) -> Iterator[Numbered]:
    number = 0
    try:
        for number, cells in enumerate(csv.reader(chain(_lines(file), [_END]), delimiter=separator), 1):
            if cells == [_END]:
                return
            if cells and cells[-1].endswith(_END):
                raise Unreadable("quote_open", row=number)
            yield number, cells
    except csv.Error:  # a cell longer than the module takes
        raise Unreadable("quote_open", row=number + 1) from None
    except UnicodeError:
        raise Unreadable("damaged") from None

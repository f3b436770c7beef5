"""An XLSX sheet in slices of its rows, each a small workbook. Runs in the process of the reader.

The library that reads workbooks holds a sheet and all texts of the file whole, 1,300 MB for a million rows.
Here the texts stand once, as they were written, and of the rows one slice at a time.
"""

import io
import re
import zipfile
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import python_calamine

from registry.imports.reading.workbook_parts import Refused, named, part_of_sheet

SLICE = 2 << 20
"""Bytes of a sheet."""
_PIECE, _GAP = 1 << 20, 1000
_LONGEST = 32 << 20
"""Of a row, or of a text, with all that is written beside it."""
_BOOK = (
    "[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"
)  # fmt: skip
_TEXTS = "xl/sharedStrings.xml"
_TEXT = re.compile(rb"<(?:\w+:)?si(?:\s[^<>]*)?(?:/>|>.*?</(?:\w+:)?si>)", re.DOTALL)
# A cell with the number of a text, however it is written.
_SHOWS_TEXT = re.compile(rb"""\st\s*=\s*["']s["'][^<>]*(?<!/)>\s*<(?!/)""")
_BEGINNING = re.compile(rb"^.*?<(\w+:)?sheetData(?:\s[^<>/]*)?>", re.DOTALL)


class Piece(NamedTuple):
    above: int
    """Rows before it, and columns beside it, that are not among its ``rows``."""
    beside: int
    rows: Iterable[Sequence[Any]]


class Slices:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.book = {part: archive.read(name) for part in _BOOK if (name := named(archive, part))}

    def without_rows(self) -> python_calamine.CalamineWorkbook:
        """For the names of the sheets."""
        return self._workbook({})

    def of(self, sheet: str) -> Iterator[Piece]:
        part = part_of_sheet(self.archive, sheet)
        for rows, numbers in _slices(_pieces(self.archive, part)):
            book = self._workbook({part: rows, _TEXTS: self._texts(numbers)})
            found = book.get_sheet_by_name(sheet)
            if found.start is not None:
                yield Piece(*found.start, found.to_python())

    def _workbook(self, sheet: Mapping[str, bytes]) -> python_calamine.CalamineWorkbook:
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            for name, content in (self.book | dict(sheet)).items():
                archive.writestr(name, content)
        file.seek(0)
        return python_calamine.load_workbook(file)

    def _texts(self, numbers: Iterable[int]) -> bytes:
        texts, ends = self._all_texts
        return b"<sst>%b</sst>" % b"".join(texts[ends[at] : ends[at + 1]] for at in numbers)

    @cached_property
    def _all_texts(self) -> tuple[bytearray, "array[int]"]:
        """One behind the other, and where each ends."""
        texts, ends, rest = bytearray(), array("I", [0]), b""
        for piece in _pieces(self.archive, named(self.archive, _TEXTS)):
            rest, at = _grown(rest, piece), 0
            for found in _TEXT.finditer(rest):
                texts += found[0]
                ends.append(len(texts))
                at = found.end()
            rest = rest[at:]
        return texts, ends


def _pieces(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    if part:
        with archive.open(part) as file:
            while piece := file.read(_PIECE):
                yield piece


def _grown(rest: bytes, piece: bytes) -> bytes:
    if len(rest) > _LONGEST:
        raise Refused("too_much_memory", {})
    return rest + piece


def _slices(pieces: Iterator[bytes]) -> Iterator[tuple[bytes, Iterable[int]]]:
    """Each a sheet by itself, and the numbers of its texts."""
    rest = b""
    while not (beginning := _BEGINNING.search(rest)):
        if not (piece := next(pieces, b"")):
            yield rest, ()
            return
        rest = _grown(rest, piece)
    tags, rest = _Tags(beginning[1] or b""), rest[beginning.end() :]
    last, is_over = 0, False
    while not is_over:
        piece = next(pieces, b"")
        rest = _grown(rest, piece)
        is_over = not piece or tags.end in rest
        if len(rest) < SLICE and not is_over:
            continue
        rows, cut, rest = rest.partition(tags.end) if is_over else rest.rpartition(tags.row_end)
        dense, last = tags.dense(rows if is_over else rows + cut, last)
        for some in dense:
            own, numbers = tags.with_own_texts(some)
            yield b"%b%b%b" % (beginning[0], own, tags.tail), numbers


class _Tags:
    """Some write a prefix before the name of each element."""

    def __init__(self, prefix: bytes) -> None:
        self.row_end, self.end = b"</%brow>" % prefix, b"</%bsheetData>" % prefix
        self.tail = b"%b</%bworksheet>" % (self.end, prefix)
        name = re.escape(prefix)
        self.row = re.compile(rb"""<%brow(?=[\s/>])(?:[^<>]*?\sr=["'](\d+)["'])?[^<>]*>""" % name)
        self.row_name = re.compile(rb"<%brow(?=[\s/>])" % name)
        formula = rb"(?:<%bf\b[^<>]*(?:/>|>[^<]*</%bf>)\s*)?" % (name, name)
        self.text = re.compile(rb"""(t=["']s["'][^<>]*>\s*%b<%bv>)(\d+)""" % (formula, name))

    def with_own_texts(self, rows: bytes) -> tuple[bytes, Iterable[int]]:
        """A cell tells the number of its text: here among the texts of these rows alone."""
        parts = self.text.split(rows)
        if len(_SHOWS_TEXT.findall(rows)) != len(parts) // 3:  # its number would be taken for another text's
            raise Refused("damaged", {})
        numbers = dict.fromkeys(parts[2::3])
        own = {number: b"%d" % at for at, number in enumerate(numbers)}
        parts[2::3] = [own[number] for number in parts[2::3]]
        return b"".join(parts), map(int, numbers)

    def dense(self, rows: bytes, last: int) -> tuple[list[bytes], int]:
        """Cut where rows are left out: a cell far below the table would make a million empty ones. Where they
        have no numbers the first follows upon the ``last`` one before. Returns the new last one too."""
        told = self.row.findall(rows)
        if told and not told[0]:
            at = self.row_name.search(rows).end()  # type: ignore[union-attr]
            rows = rows[:at] + b' r="%d"' % (last + 1) + rows[at:]
        numbers = []
        for number in told:
            last = int(number) if number else last + 1
            numbers.append(last)
        one_by_one = rows.split(self.row_end)
        if not numbers or len(one_by_one) < 3 or last - numbers[0] <= 2 * len(numbers) + _GAP:
            return [rows], last
        half = len(one_by_one) // 2
        above, middle = self.dense(self.row_end.join([*one_by_one[:half], b""]), numbers[0] - 1)
        below, last = self.dense(self.row_end.join(one_by_one[half:]), middle)
        return above + below, last

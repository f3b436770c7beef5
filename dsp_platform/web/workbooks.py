"""A workbook (XLSX) as it is written: row by row, without the whole of it in memory or a file on disk.

Every text is a text: no cell is a formula, a link or a date, and none becomes one when somebody edits it,
because each has the format and the mark that a spreadsheet gives to what was typed behind an apostrophe.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

MIME_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384
LONGEST = 32_767
PIECE = 256 * 1024
Cell = str | int

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_SHEET = (
    f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1"'
    ' topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>\n'
)
_SHEET_END = "</sheetData></worksheet>"
# 49 is the format of texts.
_TEXT = '<xf numFmtId="49" fontId="{font}" fillId="0" borderId="0" applyNumberFormat="1" quotePrefix="1"/>'
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill'
    ' patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1">'
    '<border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf/>'
    f"{_TEXT.format(font=0)}{_TEXT.format(font=1)}</cellXfs></styleSheet>"
)
# Signs that XML cannot have, and what would be read as one of them.
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


class _Sink:
    """What the archive writes, until it is sent."""

    def __init__(self) -> None:
        self._written = bytearray()

    def write(self, piece: bytes) -> int:
        self._written += piece
        return len(piece)

    def flush(self) -> None:
        pass

    def taken(self) -> bytes:
        taken, self._written = bytes(self._written), bytearray()
        return taken


def workbook(headings: Sequence[str], rows: Iterable[Sequence[Cell]], *, sheet: str) -> Iterator[bytes]:
    """In pieces. ``sheet``: its name, up to 25 characters; there are several where one cannot have all rows,
    each with the headings."""
    sink, left, sheets = _Sink(), iter(rows), 0
    with ZipFile(sink, "w", ZIP_DEFLATED, compresslevel=6) as archive:  # type: ignore[call-overload]
        first = next(left, None)
        while first is not None or not sheets:
            sheets += 1
            own = islice(left, MOST_ROWS - 2)
            several = own if first is None else chain((first,), own)
            with archive.open(f"xl/worksheets/sheet{sheets}.xml", "w", force_zip64=True) as out:
                for piece in _sheet(headings, several):
                    out.write(piece.encode())
                    yield sink.taken()
            first = next(left, None)
        for name, text in _parts(sheet, sheets):
            archive.writestr(name, text)
    yield sink.taken()


def _sheet(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    lines, size = [_SHEET, _row(1, headings, style=2)], 0
    for number, cells in enumerate(rows, 2):
        lines.append(_row(number, cells))
        size += len(lines[-1])
        if size >= PIECE:
            yield "".join(lines)
            lines, size = [], 0
    yield "".join([*lines, _SHEET_END])


def _row(number: int, cells: Sequence[Cell], style: int = 1) -> str:
    written = (_cell(cell, style) for cell in cells[:MOST_COLUMNS])
    return f'<row r="{number}">{"".join(written)}</row>\n'


def _cell(cell: Cell, style: int) -> str:
    if isinstance(cell, int):
        return f"<c><v>{cell}</v></c>"
    if not cell:
        return f'<c s="{style}"/>'
    text = escape(_NOT_IN_XML.sub(_named, cell[:LONGEST]))
    return f'<c s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _named(sign: re.Match[str]) -> str:
    return f"_x{ord(sign[0]):04X}_"


def _parts(name: str, sheets: int) -> Iterator[tuple[str, str]]:
    """All but the sheets, of which it is known only now how many there are."""
    numbers = range(1, sheets + 1)
    names = [name if sheets == 1 else f"{name} {number}" for number in numbers]
    listed = "".join(
        f'<sheet name="{escape(one, {chr(34): "&quot;"})}" sheetId="{number}" r:id="rId{number}"/>'
        for number, one in zip(numbers, names, strict=True)
    )
    yield (
        "xl/workbook.xml",
        f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets></workbook>',
    )
    related = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in numbers
    )
    styles = f'<Relationship Id="rId{sheets + 1}" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    yield (
        "xl/_rels/workbook.xml.rels",
        f'{_HEAD}<Relationships xmlns="{_RELATIONS}">{related}{styles}</Relationships>',
    )
    yield "xl/styles.xml", _STYLES
    document = f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    yield "_rels/.rels", f'{_HEAD}<Relationships xmlns="{_RELATIONS}">{document}</Relationships>'
    parts = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        for number in numbers
    )
    yield (
        "[Content_Types].xml",
        f'{_HEAD}<Types xmlns="{_TYPES}"><Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>{parts}</Types>',
    )

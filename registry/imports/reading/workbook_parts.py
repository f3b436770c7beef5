"""What the reader of workbooks does not tell: fonts, formulas. Runs in its process, without Django."""

import posixpath
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple
from xml.parsers import expat

_BLOCK = 1 << 20
_CARRIED = 1 << 12
TITLE_ROWS = 30
"""Of these rows each is counted by itself: above the headings an old font does no harm."""
# Fonts that draw Khmer on the places of Latin letters.
OLD_FONTS = re.compile(
    r"(limon|abc[- ]|khek|baidok|fk[- ]|zero ?space|khmer ?(?:fix|chrieng))", re.IGNORECASE
)
_CELL = re.compile(rb"<c\s[^>]*[^/]>")
_PLACE, _STYLE = re.compile(rb'\sr="([A-Z]{1,3})(\d+)"'), re.compile(rb'\ss="(\d+)"')
_RUN = re.compile(rb'<rFont val="([^"]{1,60})"')
_NAMED = re.compile(rb"(?:Limon|ABC-)[ -~]{1,20}")
_ROW = re.compile(rb"[<:]row[ >]")
# Across rows; those of one row are headings and titles.
_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\s[^<>]*?ref=["']([A-Z]{1,3})(\d+):[A-Z]{1,3}(\d+)["']""")
_FORMULA = re.compile(rb"<f[ >]")


class Refused(Exception):
    """Its arguments are a code and parameters."""


def parsed(data: bytes) -> Iterator[tuple[tuple[str, ...], dict[str, str]]]:
    """Each element: the names of those around it and its own, without prefix, and its attributes."""
    found: list[tuple[tuple[str, ...], dict[str, str]]] = []
    around: list[str] = []
    parser = expat.ParserCreate()

    def start(name: str, attributes: dict[str, str]) -> None:
        around.append(name.rpartition(":")[2])
        found.append((tuple(around), attributes))

    def refuse(*_declared: object) -> None:
        raise Refused("damaged", {})

    parser.StartElementHandler, parser.EndElementHandler = start, lambda _name: around.pop() and None
    # No workbook declares entities; those who do mean harm.
    parser.EntityDeclHandler = parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError:
        raise Refused("damaged", {}) from None
    yield from found


def named(archive: zipfile.ZipFile, part: str) -> str:
    """As the file writes its path; empty where it has none. Some write capitals."""
    wanted = part.casefold()
    return next((name for name in archive.namelist() if name.casefold() == wanted), "")


def part_of_sheet(archive: zipfile.ZipFile, sheet: str) -> str:
    """The path of a sheet in an XLSX; empty where it is not told."""
    book = parsed(_small(archive, "xl/workbook.xml"))
    ids = {
        attributes.get("name", ""): next((v for n, v in attributes.items() if n.endswith(":id")), "")
        for names, attributes in book
        if names[-1] == "sheet"
    }
    targets = {
        attributes.get("Id", ""): attributes.get("Target", "")
        for names, attributes in parsed(_small(archive, "xl/_rels/workbook.xml.rels"))
        if names[-1] == "Relationship"
    }
    target = targets.get(ids.get(sheet, ""), "")
    path = target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
    return named(archive, path) if target else ""


def fonts_of_styles(archive: zipfile.ZipFile) -> tuple[list[str], dict[int, str]]:
    """Names of all fonts, and by the number of a style the old font that it has."""
    if "xl/styles.xml" not in archive.namelist():
        return [], {}
    names: list[str] = []
    of_style: list[int] = []
    for around, attributes in parsed(_small(archive, "xl/styles.xml")):
        if around[-3:-1] == ("fonts", "font") and around[-1] == "name":
            names.append(attributes.get("val", ""))
        elif around[-2:] == ("cellXfs", "xf"):
            number = attributes.get("fontId", "0")
            of_style.append(int(number) if number.isdecimal() else 0)
    old = {
        style: names[font]
        for style, font in enumerate(of_style)
        if font < len(names) and OLD_FONTS.match(names[font])
    }
    return sorted({name for name in names if name})[:20], old


class Counted(NamedTuple):
    rows: int
    formulas: int
    fonts: dict[str, Counter[tuple[int, int]]]
    """By old font the cells by row (0 below the first ones) and column."""
    merged: list[tuple[int, int, int]]
    """First row, last row and column of cells that cover several rows."""


def count_cells(archive: zipfile.ZipFile, part: str, old: dict[int, str]) -> Counted:
    rows = formulas = 0
    cells: dict[str, Counter[tuple[int, int]]] = {}
    merged = []
    for block in _blocks(archive, part, b">"):
        rows += len(_ROW.findall(block))
        formulas += len(_FORMULA.findall(block))
        merged += [
            (int(first), int(last), _column(column))
            for column, first, last in _MERGED.findall(block)
            if int(last) > int(first)
        ]
        if not old:
            continue
        for cell in _CELL.findall(block):
            style, place = _STYLE.search(cell), _PLACE.search(cell)
            if style and place and (font := old.get(int(style[1]))):
                row = int(place[2])
                counted = cells.setdefault(font, Counter())
                counted[row if row <= TITLE_ROWS else 0, _column(place[1])] += 1
    return Counted(rows, formulas, cells, merged)


def fonts_named(archive: zipfile.ZipFile, part: str) -> list[str]:
    """Old fonts of pieces of texts: how many cells have them is not told."""
    found: set[str] = set()
    for block in _blocks(archive, part, b">"):
        found |= {name.decode("utf-8", "replace") for name in _RUN.findall(block)}
        if part == "content.xml":
            found |= {name.decode().split('"')[0] for name in _NAMED.findall(block)}
    return sorted(name for name in found if OLD_FONTS.match(name))[:5]


def fonts_in(data: bytes) -> list[str]:
    """Old fonts that an XLS names."""
    found = {
        name.decode().split("\0")[0].strip() for name in re.findall(rb"Limon [A-Z]\d|ABC-[A-Z-]{4,}", data)
    }
    return sorted(found)[:5]


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _small(archive: zipfile.ZipFile, part: str) -> bytes:
    with archive.open(part) as file:
        data = file.read(64 << 20)
    return data


def _blocks(archive: zipfile.ZipFile, part: str, end: bytes) -> Iterator[bytes]:
    """Cut behind ``end``."""
    if part not in archive.namelist():
        return
    rest = b""
    with archive.open(part) as file:
        while block := file.read(_BLOCK):
            whole, cut, behind = (rest + block).rpartition(end)
            rest = behind if len(behind) <= _CARRIED else b""
            yield whole + cut

"""The process that reads a workbook: ``PATH SHEET MEGABYTES SECONDS UNPACKED_MEGABYTES``.

It says on one line what it found, then the rows in packs with the number of the first, then an empty list.
It imports nothing of the platform, and is ended by its own limits.
"""

import datetime
import json
import resource
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import chain, islice
from typing import Any

import python_calamine

from registry.imports.reading import workbook_parts as parts
from registry.imports.reading.workbook_parts import Refused
from registry.imports.reading.workbook_slices import Piece, Slices

_PACK = 500
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def main(path: str, sheet: str, megabytes: int, seconds: int, unpacked: int) -> None:
    _limit(megabytes, seconds)
    try:
        _read(path, sheet, unpacked)
    except Refused as refused:
        code, params = refused.args
        _say({"refused": code, "params": params})
    except python_calamine.PasswordError:
        _say({"refused": "password", "params": {}})
    except MemoryError:
        _say({"refused": "too_much_memory", "params": {}})
    except (python_calamine.CalamineError, zipfile.BadZipFile, EOFError, ValueError, LookupError, OSError):
        _say({"refused": "damaged", "params": {}})


def _limit(megabytes: int, seconds: int) -> None:
    for kind, most in (
        (resource.RLIMIT_AS, megabytes << 20),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _soft, hard = resource.getrlimit(kind)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        hard = most + 5 if kind == resource.RLIMIT_CPU and hard == resource.RLIM_INFINITY else most
        # Processor time is told by a signal of its own before the process is killed.
        resource.setrlimit(kind, (most, hard))


def _read(path: str, wanted: str, unpacked: int) -> None:
    about = _about_container(path, unpacked)
    with open(path, "rb") as file, ExitStack() as opened:
        pieces: Callable[[str], Iterator[Piece]]
        if about["kind"] == "XLSX":
            slices = Slices(opened.enter_context(zipfile.ZipFile(file)))
            book, pieces = slices.without_rows(), slices.of
        else:
            book = opened.enter_context(python_calamine.load_workbook(file))
            pieces = partial(_whole, book)
        name, first, others, more = _choose(book, wanted, pieces)
        about |= {"sheet": name, "sheets": len(book.sheet_names), "others": more}
        details = _details(path, about["kind"], name, first.beside)
        if about["kind"] == "XLS":
            details["merged"] = _merged(book, name, first.beside)
        _say(about | details)
        for piece in chain([first], others):
            _say_rows(piece, first.beside)
    _say([])


def _whole(book: python_calamine.CalamineWorkbook, name: str) -> Iterator[Piece]:
    sheet = book.get_sheet_by_name(name)
    if sheet.start is not None:
        above, beside = sheet.start
        yield Piece(above, beside, islice(sheet.iter_rows(), above, None))


def _merged(book: python_calamine.CalamineWorkbook, sheet: str, left: int) -> list[tuple[int, int, int]]:
    """As ``Counted.merged``, of the columns that are read."""
    ranges = book.get_sheet_by_name(sheet).merged_cell_ranges or []
    return [
        (above + 1, below + 1, column - left) for (above, column), (below, _right) in ranges if below > above
    ]


def _about_container(path: str, unpacked: int) -> dict[str, Any]:
    if not zipfile.is_zipfile(path):
        with open(path, "rb") as file:
            data = file.read()
        if data[:2] == b"PK":
            raise Refused("damaged", {})
        if _ENCRYPTED in data:
            raise Refused("password", {})
        if "Workbook".encode("utf-16-le") not in data and "Book".encode("utf-16-le") not in data:
            raise Refused("not_a_table", {})
        return {"kind": "XLS", "macros": "_VBA_PROJECT".encode("utf-16-le") in data}
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        names = {entry.filename for entry in entries}
        if sum(entry.file_size for entry in entries) > unpacked << 20:
            raise Refused("too_large_unpacked", {"most": unpacked})
        if any(entry.flag_bits & 1 for entry in entries):
            raise Refused("password", {})
        if "xl/workbook.bin" in names:
            raise Refused("binary_workbook", {})
        if "xl/workbook.xml" in names:
            return {"kind": "XLSX", "macros": any(name.endswith("vbaProject.bin") for name in names)}
        if "content.xml" in names:
            with archive.open("META-INF/manifest.xml") as manifest:
                if b"encryption-data" in manifest.read(1 << 20):
                    raise Refused("password", {})
            return {"kind": "ODS", "macros": any(name.startswith("Basic/") for name in names)}
    raise Refused("not_a_table", {})


def _choose(
    book: python_calamine.CalamineWorkbook, wanted: str, pieces: Callable[[str], Iterator[Piece]]
) -> tuple[str, Piece, Iterator[Piece], list[str]]:
    """The sheet that is named, or the first that has anything; its first piece, the others, and the names
    of the sheets behind it."""
    kinds = {one.name: one for one in book.sheets_metadata}
    names = [name for name in book.sheet_names if kinds[name].typ == python_calamine.SheetTypeEnum.WorkSheet]
    visible = [name for name in names if kinds[name].visible == python_calamine.SheetVisibleEnum.Visible]
    tried = visible or names
    if wanted:
        tried = [name for name in names if name.strip().casefold() == wanted.strip().casefold()][:1]
        if not tried:
            raise Refused("sheet_missing", {"sheet": wanted, "sheets": ", ".join(names[:20])})
    for at, name in enumerate(tried, 1):
        of_sheet = pieces(name)
        if first := next(of_sheet, None):
            return name, first, of_sheet, tried[at:]
    raise Refused("empty", {})


def _details(path: str, kind: str, sheet: str, left: int) -> dict[str, Any]:
    """``left``: columns before the table, which are not read."""
    details: dict[str, Any] = {
        "rows": None,
        "formulas": 0,
        "fonts": [],
        "old_fonts": [],
        "old_fonts_named": [],
        "merged": [],
    }
    if kind == "XLS":
        with open(path, "rb") as file:
            return details | {"old_fonts_named": parts.fonts_in(file.read())}
    with zipfile.ZipFile(path) as archive:
        if kind == "ODS":
            return details | {"old_fonts_named": parts.fonts_named(archive, "content.xml")}
        fonts, old = parts.fonts_of_styles(archive)
        found = parts.count_cells(archive, parts.part_of_sheet(archive, sheet), old)
        counted = [
            {
                "name": font,
                "cells": [[row, column - left, number] for (row, column), number in of_font.items()],
            }
            for font, of_font in found.fonts.items()
        ]
        named = parts.fonts_named(archive, "xl/sharedStrings.xml")
        merged = [(first, last, column - left) for first, last, column in found.merged]
        details |= {"rows": found.rows, "formulas": found.formulas, "fonts": fonts, "merged": merged}
        return details | {"old_fonts": counted, "old_fonts_named": named}


def _say_rows(piece: Piece, left: int) -> None:
    """``left``: columns before the table. A piece may begin further to the right, or to the left."""
    missing, beyond = [""] * (piece.beside - left), max(left - piece.beside, 0)
    first, pack = 1, list[list[str]]()
    for number, row in enumerate(piece.rows, piece.above + 1):
        first = first if pack else number
        pack.append(_texts([*missing, *row[beyond:]] if missing or beyond else row))
        if len(pack) == _PACK:
            _say([first, pack])
            pack = []
    if pack:
        _say([first, pack])


def _texts(row: Sequence[Any]) -> list[str]:
    texts = [value if type(value) is str else _text(value) for value in row]
    while texts and not texts[-1]:
        texts.pop()
    return texts


def _text(value: Any) -> str:
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else str(value)
    if isinstance(value, datetime.datetime):
        return value.isoformat(" ").removesuffix(" 00:00:00")
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return value.isoformat() if isinstance(value, datetime.date) else str(value)


def _say(said: Any) -> None:
    sys.stdout.write(json.dumps(said, ensure_ascii=False, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6]))

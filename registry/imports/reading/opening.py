"""Opens what people send: its kind is told by the content, never by the name of the file."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from registry.imports.reading.delimited import open_delimited
from registry.imports.reading.sheet import Sheet, Unreadable
from registry.imports.reading.workbook import open_workbook

_ZIP, _CFB = b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1")
_MARKUP = (b"<html", b"<!doctype", b"<table", b"<?xml", b"<head", b"<meta", b"mime-version")
# What begins otherwise and is no text: pictures, PDF, old archives.
_OTHERS = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"SQLite format 3",
)


@contextmanager
def open_sheet(path: Path, *, wanted: Collection[str] = (), sheet: str = "") -> Iterator[Sheet]:
    """``wanted``: the columns that the mapping names, by which the row of the headings is found. ``sheet``:
    the name of one of several; without it the first that has anything.

    Raises ``Unreadable``, also while rows are taken.
    """
    with path.open("rb") as file:
        start = file.read(1024)
    if start.startswith((_ZIP, _CFB)):
        opened = open_workbook(path, wanted=wanted, sheet=sheet)
    elif start.startswith(_OTHERS):
        raise Unreadable("not_a_table")
    elif start.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_MARKUP):
        raise Unreadable("web_page")
    else:
        opened = open_delimited(path, wanted=wanted)
    with opened as found:
        yield found

"""Opens what people send: its kind is told by the content, never by the name of the file."""

import codecs
import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from registry.imports.reading.delimited import open_delimited
from registry.imports.reading.encodings import Encoding, detect_encoding
from registry.imports.reading.sheet import Sheet, Unreadable
from registry.imports.reading.workbook import open_workbook

_ZIP, _CFB = b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1")
_MARKUP = re.compile(r"\s*(<[a-z!?]|mime-version)", re.IGNORECASE)
# They stand in no text. A few may, where a database had them.
_CONTROLS = re.compile(rb"[\x01-\x08\x0e-\x19\x1c-\x1f]")
_SAMPLE, _MOST_CONTROLS = 1 << 16, 0.005
# What begins otherwise and is no text: pictures, PDF, old archives.
_OTHERS = (
    b"PK\x05\x06",
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
        start = file.read(_SAMPLE)
    if start.startswith((_ZIP, _CFB)):
        opened = open_workbook(path, wanted=wanted, sheet=sheet)
    elif start.startswith(_OTHERS):
        raise Unreadable("not_a_table")
    elif _MARKUP.match(_as_text(start)):
        raise Unreadable("web_page")
    else:
        encoding = detect_encoding(path)
        if _is_binary(start, encoding):
            raise Unreadable("not_a_table")
        opened = open_delimited(path, encoding, wanted=wanted)
    with opened as found:
        yield found


def _as_text(start: bytes) -> str:
    wide = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return start.decode("utf-16" if wide else "utf-8-sig", "ignore")


def _is_binary(start: bytes, encoding: Encoding) -> bool:
    wide = encoding.name.startswith(("utf-16", "utf-32"))
    return not wide and len(_CONTROLS.findall(start)) > max(2, len(start) * _MOST_CONTROLS)

"""Which characters the bytes of a text file stand for."""

import codecs
import re
from pathlib import Path
from typing import NamedTuple

import regex
from charset_normalizer import from_bytes

_BLOCK = 1 << 20
_SAMPLE = 1 << 16
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
# Of those who send files to Cambodia.
_OTHERS = ["cp1252", "cp1258", "cp874", "gb18030", "big5", "euc_kr", "shift_jis"]
_TOGETHER = re.compile(rb"[\x80-\xff]{2}")
_EXPECTED = regex.compile(r"[\p{Khmer}\p{Latin}\p{N}\p{P}\p{S}\s]")


class Encoding(NamedTuple):
    name: str
    label: str
    loses: bool = False
    """Bytes that stand for nothing become U+FFFD."""


def detect_encoding(path: Path) -> Encoding:
    with path.open("rb") as file:
        start = file.read(_SAMPLE)
        for mark, name, label in _MARKS:
            if start.startswith(mark):
                return Encoding(name, label)
        for name in ("utf-16-le", "utf-16-be"):
            if _looks_right(start[: len(start) // 2 * 2], name):
                return Encoding(name, "UTF-16")
        file.seek(0)
        wrong_at = _first_wrong(file)
        if wrong_at is None:
            return Encoding("utf-8", "UTF-8")
        file.seek(max(wrong_at - 4096, 0))
        sample = file.read(_SAMPLE)
    if regex.search(r"\p{Khmer}", sample.decode("utf-8", "ignore")):
        return Encoding("utf-8", "UTF-8", loses=True)
    # A letter with an accent stands alone among others; those of Asia are of two bytes, or stand together.
    best = from_bytes(sample, cp_isolation=_OTHERS).best() if _TOGETHER.search(sample) else None
    found = best.encoding if best else "cp1252"
    with path.open("rb") as file:
        loses = _first_wrong(file, found) is not None
    label = found.upper().replace("CP", "Windows-", 1) if found.startswith("cp") else found.upper()
    return Encoding(found, label, loses=loses)


def _looks_right(sample: bytes, name: str) -> bool:
    """Without a mark, UTF-16 is told by what it says: zeros alone would be those of a broken file."""
    if b"\0" not in sample and b"\x17" not in sample:
        return False
    text = sample.decode(name, "replace")
    return bool(text) and len(_EXPECTED.findall(text)) >= 0.95 * len(text)


def _first_wrong(file: object, encoding: str = "utf-8") -> int | None:
    """About where the bytes stop being of the encoding."""
    decoder, at = codecs.getincrementaldecoder(encoding)(), 0
    read = file.read  # type: ignore[attr-defined]
    while block := read(_BLOCK):
        try:
            decoder.decode(block)
        except UnicodeDecodeError as error:
            return at + error.start
        at += len(block)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return at
    return None

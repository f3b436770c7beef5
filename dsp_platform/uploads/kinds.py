"""Which kind of photo or document a file is, by its first bytes: names and types of files are often wrong.

``decode`` is told the kind, and parses the file as such.
"""

from typing import Literal

Kind = Literal["jpeg", "png", "webp", "avif", "heic", "pdf"]

_JPEG, PNG, _PDF, _RIFF, _WEBP = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"%PDF-", b"RIFF", b"WEBP"
_PDF_WITHIN = 1024
"""Readers of PDF accept so many bytes before its header."""

# ISO base media files of one picture (ISO/IEC 23008-12, and AV1 in it): what iPhones and new phones save.
# The first box: its size, "ftyp", major brand, minor version, compatible brands.
_BOX = b"ftyp"
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_AVIF_BRANDS = (b"avif", b"avis")
_MOST_BRANDS = 60


def kind_of(content: bytes) -> Kind | None:
    """None for any other."""
    if content.startswith(_JPEG):
        return "jpeg"
    if content.startswith(PNG):
        return "png"
    if content.startswith(_RIFF) and content[8:12] == _WEBP:
        return "webp"
    if content[4:8] == _BOX:
        end = min(int.from_bytes(content[:4]), 16 + 4 * _MOST_BRANDS)
        brands = {content[8:12], *(content[at : at + 4] for at in range(16, end, 4))}
        # Files of both kinds may say "mif1", so the narrower one is asked first.
        if brands.intersection(_AVIF_BRANDS):
            return "avif"
        if brands.intersection(_HEIC_BRANDS):
            return "heic"
    return "pdf" if _PDF in content[:_PDF_WITHIN] else None

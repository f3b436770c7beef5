"""Whether a file may be a photo, by its first bytes, before it is stored. ``decode`` parses it later."""

_JPEG, _PNG, _PDF, _RIFF, _WEBP = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"%PDF-", b"RIFF", b"WEBP"
_PDF_WITHIN = 1024
"""Readers of PDF accept so many bytes before its header."""


def is_known(content: bytes) -> bool:
    if content.startswith((_JPEG, _PNG)):
        return True
    if content.startswith(_RIFF):
        return content[8:12] == _WEBP
    return _is_phone_picture(content) or _PDF in content[:_PDF_WITHIN]


# ISO base media files of one picture (ISO/IEC 23008-12, and AV1 in it): what iPhones and new phones save.
# The first box: its size, "ftyp", major brand, minor version, compatible brands.
_PHONE_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis")
_MOST_BRANDS = 32


def _is_phone_picture(content: bytes) -> bool:
    """HEIC or AVIF."""
    if content[4:8] != b"ftyp":
        return False
    end = min(int.from_bytes(content[:4]), 16 + 4 * _MOST_BRANDS)
    brands = [content[8:12], *(content[start : start + 4] for start in range(16, end, 4))]
    return any(brand in _PHONE_BRANDS for brand in brands)

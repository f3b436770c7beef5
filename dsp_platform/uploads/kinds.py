"""What a file begins with, looked at before it is kept. That it is one is found out by who reads it."""

_JPEG, _PNG, _PDF, _RIFF, _WEBP = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"%PDF-", b"RIFF", b"WEBP"
_PDF_WITHIN = 1024
"""Readers of PDF allow so many bytes of anything before it."""


def is_known(content: bytes) -> bool:
    if content.startswith((_JPEG, _PNG)):
        return True
    if content.startswith(_RIFF):
        return content[8:12] == _WEBP
    return _PDF in content[:_PDF_WITHIN]

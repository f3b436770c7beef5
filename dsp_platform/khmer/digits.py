"""Khmer and Latin digits: people type either, wherever a number is asked."""

_KHMER = "០១២៣៤៥៦៧៨៩"
_LATIN = "0123456789"
_TO_LATIN = str.maketrans(_KHMER, _LATIN)
_TO_KHMER = str.maketrans(_LATIN, _KHMER)


def latin_digits(text: str) -> str:
    return text.translate(_TO_LATIN)


def khmer_digits(text: str) -> str:
    return text.translate(_TO_KHMER)

"""Khmer text: pure functions, no database, no Django."""

_DIGITS = str.maketrans("០១២៣៤៥៦៧៨៩", "0123456789")


def latin_digits(text: str) -> str:
    return text.translate(_DIGITS)

"""Khmer and Latin digits: people may type either wherever a number is asked for."""

_KHMER = "០១២៣៤៥៦៧៨៩"
_LATIN = "0123456789"
_TO_LATIN = str.maketrans(_KHMER, _LATIN)


def latin_digits(text: str) -> str:
    return text.translate(_TO_LATIN)


def digits_of(text: str) -> str:
    """The digits of a code that was typed in groups, with hyphens or in Khmer digits."""
    return "".join(sign for sign in latin_digits(text) if sign in _LATIN)

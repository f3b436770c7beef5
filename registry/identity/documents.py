"""Document numbers are stored encrypted and compared by a keyed digest."""

import regex

from dsp_platform.encryption import crypto
from dsp_platform.khmer.digits import latin_digits
from dsp_platform.khmer.text import clean

SHOWN_DIGITS = 4
_SEPARATORS = regex.compile(r"[^\p{L}\p{M}\p{N}]")


def document_key(number: str) -> str:
    """The number in normal form: Latin digits and upper-case letters, without separators."""
    return _SEPARATORS.sub("", latin_digits(clean(number))).upper()


def document_digest(type: str, number: str) -> bytes:
    return crypto.digest("document", type, document_key(number))


def masked(number: str) -> str:
    return "•••• " + number[-SHOWN_DIGITS:] if len(number) > SHOWN_DIGITS else "••••"

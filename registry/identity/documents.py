"""How a document is recognised: its number is encrypted, a keyed digest of it is compared."""

import regex

from dsp_platform import crypto
from dsp_platform.khmer.digits import latin_digits
from dsp_platform.khmer.text import clean

_SEPARATORS = regex.compile(r"[^\p{L}\p{M}\p{N}]")


def document_key(number: str) -> str:
    """What two ways to write one number have in common: digits and letters, without what stands between."""
    return _SEPARATORS.sub("", latin_digits(clean(number))).upper()


def document_digest(type: str, number: str) -> bytes:
    return crypto.digest("document", type, document_key(number))

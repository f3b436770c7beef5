"""The code of an invitation: 30 characters in groups of five, or two halves for two people to pass on."""

import secrets

from dsp_platform.encryption import crypto

# Without characters that are easily confused on paper; 30 of them have 148 bits.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUP = 5
LENGTH = 30
HALF = LENGTH // 2


def random_code(length: int) -> str:
    return _grouped("".join(secrets.choice(_ALPHABET) for _position in range(length)))


def derived_half(digest: bytes) -> str:
    """Half a code, always the same for the same secret digest of 32 bytes."""
    return _grouped("".join(_ALPHABET[byte % len(_ALPHABET)] for byte in digest[:HALF]))


def is_half(code: str) -> bool:
    """By its length alone, which does not reveal whether it is valid."""
    return len(_characters(code)) == HALF


def digest_of(code: str) -> bytes:
    return crypto.digest("invitation", _characters(code))


def digests_of(code: str) -> list[bytes]:
    """Of the code as it is typed, and of its two halves the other way round."""
    typed = _characters(code)
    return [digest_of(typed), digest_of(typed[HALF:] + typed[:HALF])]


def _grouped(code: str) -> str:
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def _characters(code: str) -> str:
    return "".join(character for character in code.casefold() if character in _ALPHABET)

"""Encryption at rest, and keyed digests by which an encrypted value can still be found."""

import hmac
from collections.abc import Callable, Iterable
from functools import cache

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


@cache
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def encrypt(text: str) -> bytes:
    return encrypt_bytes(text.encode())


def decrypt(token: bytes) -> str:
    """Raises ``cryptography.fernet.InvalidToken`` when no configured key fits."""
    return decrypt_bytes(token).decode()


def encrypt_bytes(content: bytes) -> bytes:
    return _fernet(tuple(settings.ENCRYPTION_KEYS)).encrypt(content)


def decrypt_bytes(token: bytes) -> bytes:
    """Raises ``cryptography.fernet.InvalidToken`` when no configured key fits."""
    return _fernet(tuple(settings.ENCRYPTION_KEYS)).decrypt(bytes(token))


def digest(purpose: str, *parts: str) -> bytes:
    """32 bytes, HMAC-SHA-256 under ``DIGEST_KEY``. ``purpose`` keeps one use from answering for another."""
    message = "\x1f".join((purpose, *parts)).encode()
    return hmac.digest(settings.DIGEST_KEY.encode(), message, "sha256")


def digester(purpose: str) -> Callable[[Iterable[object]], str]:
    """For digests by the million: values to 32 hexadecimal digits, half of an HMAC-SHA-256.

    Keyed, because a plain hash of a few personal data can be found by trying.
    """
    key, start = settings.DIGEST_KEY.encode(), f"{purpose}\x1f"

    def digest_of(values: Iterable[object]) -> str:
        message = start + "\x1f".join(map(str, values))
        return hmac.digest(key, message.encode(), "sha256")[:16].hex()

    return digest_of

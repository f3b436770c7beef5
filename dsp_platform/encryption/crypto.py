"""Encryption at rest, and keyed digests to look up encrypted values."""

import hashlib
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
    """32 bytes, HMAC-SHA-256 under ``DIGEST_KEY``. ``purpose`` separates the uses of the key."""
    message = "\x1f".join((purpose, *parts)).encode()
    return hmac.digest(settings.DIGEST_KEY.encode(), message, "sha256")


def decimal_code(digits: int, purpose: str, *parts: str) -> str:
    """A code to type, derived from a digest: it can be sent again without ever being stored."""
    return f"{int.from_bytes(digest(purpose, *parts)) % 10**digits:0{digits}}"


def digester(purpose: str) -> Callable[[Iterable[object]], str]:
    """For millions of digests: keyed BLAKE2b, 32 hexadecimal digits, four times as fast as ``digest``.

    Keyed, because personal data can be guessed from a plain hash by brute force.
    """
    start = hashlib.blake2b(key=digest(purpose), digest_size=16)

    def digest_of(values: Iterable[object]) -> str:
        one = start.copy()
        one.update("\x1f".join(map(str, values)).encode())
        return one.hexdigest()

    return digest_of

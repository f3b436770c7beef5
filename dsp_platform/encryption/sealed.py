"""Texts that a device encrypts to a public key of the server: the device itself cannot read them again.

ECDH on P-256 with a fresh key for each text, HKDF-SHA-256, AES-256-GCM: what WebCrypto has in every browser.
A sealed text is the first 8 bytes of the SHA-256 of the public key, the fresh public key (65 bytes), a nonce
(12 bytes) and the ciphertext. The other half of it is ``static/offline/store.js``.
"""

import base64
import binascii
import hashlib
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

_INFO = b"dspp sealed text 1"
_NAME, _POINT, _NONCE = 8, 65, 12


class CannotOpen(Exception):
    """No key fits, or the text was changed."""


def private_key(text: str) -> ec.EllipticCurvePrivateKey:
    """Raises ValueError for what is no key: 32 bytes in Base64, of either alphabet."""
    try:
        number = base64.b64decode(text.replace("-", "+").replace("_", "/"), validate=True)
    except binascii.Error as error:
        raise ValueError("not Base64") from error
    if len(number) != 32:
        raise ValueError("not 32 bytes")
    return ec.derive_private_key(int.from_bytes(number), ec.SECP256R1())


def public_key() -> str:
    """The point that devices encrypt to, in Base64; empty where no key is set."""
    return (
        base64.b64encode(_point(private_key(settings.OFFLINE_KEYS[0]))).decode()
        if settings.OFFLINE_KEYS
        else ""
    )


def unseal(text: str, *, bound_to: str) -> str:
    """``bound_to``: what the device named when it encrypted. Raises CannotOpen."""
    try:
        sealed = base64.b64decode(text, validate=True)
        key = _keys(tuple(settings.OFFLINE_KEYS))[sealed[:_NAME]]
        fresh = sealed[_NAME : _NAME + _POINT]
        rest = sealed[_NAME + _POINT :]
        shared = key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), fresh))
        cipher = AESGCM(HKDF(SHA256(), 32, salt=fresh, info=_INFO).derive(shared))
        return cipher.decrypt(rest[:_NONCE], rest[_NONCE:], bound_to.encode()).decode()
    except (binascii.Error, KeyError, ValueError, InvalidTag) as error:
        raise CannotOpen from error


@cache
def _keys(texts: tuple[str, ...]) -> dict[bytes, ec.EllipticCurvePrivateKey]:
    keys = map(private_key, texts)
    return {hashlib.sha256(_point(key)).digest()[:_NAME]: key for key in keys}


def _point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

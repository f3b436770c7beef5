"""Encrypts as a device does (``static/offline/store.js``)."""

import base64
import hashlib
import json
import os
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from dsp_platform.accounts.models import User
from dsp_platform.encryption.sealed import public_key
from dsp_platform.offline.sent import device_account
from tests.acting import shown_now


def seal(text: str, bound_to: str, key: str = "") -> str:
    point = base64.b64decode(key or public_key())
    fresh = ec.generate_private_key(ec.SECP256R1())
    shared = fresh.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point))
    ours = fresh.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    secret = HKDF(SHA256(), 32, salt=ours, info=b"dspp sealed text 1").derive(shared)
    nonce = os.urandom(12)
    cipher = AESGCM(secret).encrypt(nonce, text.encode(), bound_to.encode())
    return base64.b64encode(hashlib.sha256(point).digest()[:8] + ours + nonce + cipher).decode()


@dataclass
class Item:
    """What a laptop keeps of one form, as it was shown to this official then."""

    official: User
    path: str
    typed: dict[str, Any]
    shown: dict[str, str] = field(default_factory=dict)
    key: str = field(default_factory=lambda: str(uuid4()))

    @classmethod
    def written(cls, laptop: Client, official: User, path: str, typed: dict[str, Any]) -> "Item":
        return cls(official, path, typed, shown_now(laptop))

    def sealed(self) -> str:
        told = {
            "account": device_account(self.official),
            "path": self.path,
            "written": timezone.now().timestamp() * 1000,
            "fields": urlencode({**self.shown, **self.typed}, doseq=True),
        }
        return seal(json.dumps(told), self.key)

    def send(self, laptop: Client, path: str = "", age: str = "", **headers: str) -> HttpResponse:
        """``age``: milliseconds since it was written, as devices say."""
        fields = {"sealed": self.sealed(), "item": self.key, "age": age}
        return laptop.post(
            path or self.path,
            urlencode(fields),
            content_type="application/x-www-form-urlencoded",
            headers={"Idempotency-Key": self.key, **headers},
        )

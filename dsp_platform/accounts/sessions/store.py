"""Database sessions that cannot be hijacked with access to the database alone.

The cookie holds the session key, the database only a keyed digest of it, and the session data is encrypted.
Whoever reads the tables, or a backup, obtains neither a valid cookie nor the data. The encrypted data
includes the digest of its row, so that data copied into another row is rejected.
"""

from typing import Any

from cryptography.fernet import InvalidToken
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.contrib.sessions.models import Session
from django.utils import timezone

from dsp_platform.encryption import crypto

# Characters of Django's column for the key: 160 bits of the digest.
LENGTH = 40
ROW = "_row"


def digest_of(session_key: str) -> str:
    """The value stored in place of the key, in Django's session table and in allauth's ``UserSession``."""
    return crypto.digest("session key", session_key).hex()[:LENGTH]


class SessionStore(db.SessionStore):
    """``session_key`` is the value of the cookie, as everywhere in Django; only queries use its digest."""

    # Django's asynchronous database methods would bypass the digest; the base class calls the methods below.
    aload = SessionBase.aload
    aexists = SessionBase.aexists
    acreate = SessionBase.acreate
    asave = SessionBase.asave
    adelete = SessionBase.adelete

    def load(self) -> dict[str, Any]:
        digest = digest_of(self.session_key or "")
        row = Session.objects.filter(session_key=digest, expire_date__gt=timezone.now()).first()
        data = self.decode(row.session_data) if row else {}
        if data.pop(ROW, None) != digest:  # missing, expired, unreadable, or copied from another row
            self._session_key = None
            return {}
        return data

    def exists(self, session_key: str) -> bool:
        return super().exists(digest_of(session_key))

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            super().delete(digest_of(key))

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        digest = digest_of(self._get_or_create_session_key())  # type: ignore[attr-defined]
        row = super().create_model_instance({**data, ROW: digest})
        row.session_key = digest
        return row

    def encode(self, session_dict: dict[str, Any]) -> str:
        return crypto.encrypt(super().encode(session_dict)).decode()

    def decode(self, session_data: str | bytes) -> dict[str, Any]:
        try:
            return super().decode(crypto.decrypt(str(session_data).encode()))
        except InvalidToken:  # written by something else, or under a retired encryption key
            return {}

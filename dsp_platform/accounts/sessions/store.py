"""Sessions in the database, of which the database cannot be made to sign anybody in.

The cookie holds the key of a session, the database only a keyed digest of it, and what the session holds is
encrypted. Whoever reads the tables, or a backup of them, has neither a cookie that works nor what people did.
What is encrypted names its row: whoever writes the tables cannot put another person's session into their own.
"""

from typing import Any

from cryptography.fernet import InvalidToken
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.contrib.sessions.models import Session
from django.utils import timezone

from dsp_platform import crypto

# Of Django's column for the key: 160 bits of the digest.
LENGTH = 40
ROW = "_row"


def digest_of(session_key: str) -> str:
    """What stands in the database for this session, in Django's table and in allauth's list of sessions."""
    return crypto.digest("session key", session_key).hex()[:LENGTH]


class SessionStore(db.SessionStore):
    """``session_key`` is what the cookie holds, here as everywhere in Django."""

    # Django's asynchronous methods of the database would go past the digest; these go through those below.
    aload = SessionBase.aload
    aexists = SessionBase.aexists
    acreate = SessionBase.acreate
    asave = SessionBase.asave
    adelete = SessionBase.adelete

    def load(self) -> dict[str, Any]:
        digest = digest_of(self.session_key or "")
        row = Session.objects.filter(session_key=digest, expire_date__gt=timezone.now()).first()
        data = self.decode(row.session_data) if row else {}
        if data.pop(ROW, None) != digest:  # none, ended, not readable, or moved from another row
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
        except InvalidToken:  # stored by something else, or under a key that was taken out of use
            return {}

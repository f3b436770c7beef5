"""Drafts: the answers until they are sent."""

import json
from typing import Any, cast

from cryptography.fernet import InvalidToken
from django.http import HttpRequest

from dsp_platform.encryption import crypto


def owner_of(request: HttpRequest) -> list[str]:
    """Account and assisted session, empty for a visitor: keeps drafts of people at one computer apart."""
    assisted_session = cast(Any, request).assisted_session  # set by the middleware of assisted sessions
    return [str(request.user.pk or ""), str(assisted_session.pk) if assisted_session else ""]


class SessionDraft:
    """In the session, encrypted: for visitors too. Read only by the account and assisted session that saved
    it.
    """

    def __init__(self, request: HttpRequest, key: str) -> None:
        self.request, self.key = request, key

    def load(self) -> dict[str, Any]:
        token = self.request.session.get(self.key)
        try:
            stored = json.loads(crypto.decrypt(token.encode())) if token else {}
        except (InvalidToken, ValueError):
            return {}
        return stored["answers"] if stored.get("owner") == owner_of(self.request) else {}

    def save(self, answers: dict[str, Any]) -> None:
        stored = {"owner": owner_of(self.request), "answers": answers}
        self.request.session[self.key] = crypto.encrypt(json.dumps(stored)).decode()

    def discard(self) -> None:
        self.request.session.pop(self.key, None)

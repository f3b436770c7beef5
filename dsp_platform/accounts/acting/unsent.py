"""Form data that was posted after the session had ended: restored for the same account only.

An official talks with a person for ten minutes in the middle of a page, presses "Continue" and must sign
in again; the page comes back as it was filled in. The data is stored encrypted in the anonymous session,
and restored once, on the same page, to the same account, for at most ``ASSISTED_SESSION_LIFE``.
"""

import json
from typing import Any

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.utils import timezone

from dsp_platform.accounts.acting import form_token
from dsp_platform.encryption import crypto

KEY = "unsent"
MAX_LENGTH = 20_000


def save(request: HttpRequest, *, user_id: int, typed: QueryDict) -> None:
    """Call after the session has ended, with the data posted to this address."""
    fields = typed.copy()
    fields.pop("csrfmiddlewaretoken", None)
    text = fields.urlencode()
    if fields and len(text) <= MAX_LENGTH:
        record = {"user": user_id, "page": _page(request), "typed": text}
        request.session[KEY] = {"at": _now(), "record": crypto.encrypt(json.dumps(record)).decode()}


def restore(request: HttpRequest, *, user_id: int) -> QueryDict | None:
    """The data this account had posted to this page; it is removed from the session."""
    stored = request.session.get(KEY)
    if stored is None or request.method != "GET":
        return None
    record = _read(stored)
    if record is None or record["user"] != user_id:
        del request.session[KEY]
        return None
    if record["page"] != _page(request):
        return None
    typed = QueryDict(record["typed"], mutable=True)
    if not form_token.concerns_same_person(request, typed.pop(form_token.FIELD, [""])[-1]):
        return None
    del request.session[KEY]
    return typed


def _read(stored: dict[str, Any]) -> dict[str, Any] | None:
    if _now() - stored["at"] > settings.ASSISTED_SESSION_LIFE.total_seconds():
        return None
    try:
        return json.loads(crypto.decrypt(stored["record"].encode()))
    except InvalidToken:  # the encryption key was retired meanwhile
        return None


def _page(request: HttpRequest) -> str:
    """The path without its language prefix, which the person may switch while signing in."""
    return request.path.lstrip("/").partition("/")[2]


def _now() -> int:
    return int(timezone.now().timestamp())

"""What allows a device to write offline: who signed in on it, in which session, and when. It is deleted when
they sign out, so that nobody else who uses the device writes in their name.
"""

from datetime import timedelta
from typing import cast

from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest

from dsp_platform.accounts.models import User
from dsp_platform.accounts.sessions.services import began
from dsp_platform.encryption import crypto
from dsp_platform.offline.services import DEVICE_DAYS

FIELD = "permit"
_SALT = "offline.permit"
_LONGEST = timedelta(days=DEVICE_DAYS + 1)


def session_mark(request: HttpRequest) -> str:
    """How a device tells one session of an official from their next."""
    return crypto.digest("session on a device", f"{request.user.pk}.{began(request).timestamp()}").hex()[:32]


def permit_for(request: HttpRequest) -> str:
    return TimestampSigner(salt=_SALT).sign(f"{request.user.pk}.{session_mark(request)}")


def is_permitted(user: User, permit: str) -> bool:
    return _read(permit)[0] == str(user.pk)


def is_of_this_session(request: HttpRequest, permit: str) -> bool:
    """What was written before cannot have it, whatever the clock of the device showed."""
    return is_permitted(cast(User, request.user), permit) and _read(permit)[1] == session_mark(request)


def _read(permit: str) -> tuple[str, str]:
    """The key of the user and the mark of the session; empty where it does not stand."""
    try:
        pk, _dot, mark = TimestampSigner(salt=_SALT).unsign(permit, max_age=_LONGEST).partition(".")
    except BadSignature:
        return "", ""
    return pk, mark

"""A desk that nobody uses, or that its official locks, asks for the second factor of the same official.

What was typed on the page is kept as after a session's end (``acting.unsent``), and the assisted session
stays open for as long as it may be idle.
"""

from datetime import timedelta
from typing import Any, cast

import django_otp
from django.http import HttpRequest
from django.utils import timezone

from dsp_platform.accounts.models import TOTPDevice, User
from dsp_platform.accounts.visitors import is_verified_official
from dsp_platform.audit import services as audit

LOCKED = "desk_locked_at"
TRIES = "desk_unlock_tries"
MOST_TRIES = 5
LOCKED_LIFE = timedelta(hours=1)
"""A desk locked for longer is signed out: password and second factor are asked for."""
BUTTON = "_lock"
"""The name of the button that locks; it sends the form of its page, so that nothing typed is lost."""
_EXEMPT = "open_while_locked"


def open_while_locked(view: Any) -> Any:
    """Mark a view that shows nothing of a person, and that a locked desk needs."""
    setattr(view, _EXEMPT, True)
    return view


def is_open_while_locked(view: Any) -> bool:
    return getattr(view, _EXEMPT, False)


def is_locked(request: HttpRequest) -> bool:
    return bool(request.session.session_key) and LOCKED in request.session


def lock(request: HttpRequest, *, why: str) -> None:
    """``why``: "idle" or "button"."""
    request.session[LOCKED], request.session[TRIES] = int(timezone.now().timestamp()), 0
    audit.record(
        actor=_official(request),
        action="lock_desk",
        subject_kind="user",
        subject_id=_official(request).pk,
        reason=why,
    )


def lock_idle(request: HttpRequest) -> bool:
    """Whether it was locked instead of signed out: only an official's, and only once."""
    if not is_verified_official(request) or is_locked(request):
        return False
    lock(request, why="idle")
    return True


def unlock(request: HttpRequest, token: str) -> bool:
    """False for a wrong code; django-otp throttles them, and takes each code once."""
    official = _official(request)
    device = TOTPDevice.objects.filter(user=official, confirmed=True).order_by("pk").first()
    is_right = bool(device and django_otp.verify_token(official, device.persistent_id, token))
    if is_right:
        del request.session[LOCKED], request.session[TRIES]
    else:
        request.session[TRIES] += 1
    audit.record(
        actor=official,
        action="unlock_desk" if is_right else "unlock_failed",
        subject_kind="user",
        subject_id=official.pk,
    )
    return is_right


def is_given_up(request: HttpRequest) -> bool:
    """Whether so many codes were wrong that the session ends."""
    return request.session.get(TRIES, 0) >= MOST_TRIES


def _official(request: HttpRequest) -> User:
    return cast(User, request.user)

"""What a browser that reported, or has proved reference and PIN, may see for some minutes.

Kept in the session and bound to account and assisted session: the next person at the same computer sees none
of it.
"""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from dsp_platform.wizard.drafts import owner_of
from grievances.models import Grievance

FOLLOWED = "grievances_followed"
SENT = "grievance_sent"
REPORTED = "grievance_reported"
PROOF_LASTS = timedelta(minutes=30)
# How long pages show the PIN to the browser that reported, unless its user confirms having noted it.
PIN_SHOWN = timedelta(minutes=10)


def prove(request: HttpRequest, grievance: Grievance) -> None:
    """This browser has proved reference and PIN: it may see this grievance for half an hour."""
    if not request.user.is_authenticated:
        request.session.cycle_key()
    now = int(timezone.now().timestamp())
    request.session[FOLLOWED] = {str(grievance.pk): now, "owner": owner_of(request)}


def is_proven(request: HttpRequest, grievance: Grievance) -> bool:
    followed = request.session.get(FOLLOWED, {})
    if followed.get("owner") != owner_of(request):
        return False
    since = followed.get(str(grievance.pk), 0)
    return timezone.now().timestamp() - since < PROOF_LASTS.total_seconds()


def note_sent(request: HttpRequest, grievance: Grievance) -> None:
    """This browser reported it: it may confirm the phone number for half an hour."""
    request.session[SENT] = _noted(request, grievance)


def has_sent(request: HttpRequest, grievance: Grievance, *, within: timedelta = PROOF_LASTS) -> bool:
    return _number_of(request, request.session.get(SENT), within) == grievance.pk


def has_any(request: HttpRequest) -> bool:
    """Whether this browser is still shown a PIN, or has proved one lately."""
    now, owner = timezone.now().timestamp(), owner_of(request)
    followed = dict(request.session.get(FOLLOWED, {}))
    times = list(followed.values()) if followed.pop("owner", None) == owner else []
    is_proven = any(now - since < PROOF_LASTS.total_seconds() for since in times if isinstance(since, int))
    return is_proven or pin_to_show(request) is not None


def show_pin_next(request: HttpRequest, grievance: Grievance) -> None:
    """The next page shows reference and PIN, for some minutes: the first answer may be lost on the line."""
    request.session[REPORTED] = _noted(request, grievance)


def show_pin_again(request: HttpRequest) -> None:
    """The next page shows them again, within the same minutes after reporting."""
    request.session[REPORTED] = request.session[SENT]


def pin_to_show(request: HttpRequest) -> int | None:
    """The grievance whose PIN is shown."""
    return _number_of(request, request.session.get(REPORTED), PIN_SHOWN)


def _noted(request: HttpRequest, grievance: Grievance) -> list[Any]:
    return [grievance.pk, int(timezone.now().timestamp()), *owner_of(request)]


def _number_of(request: HttpRequest, noted: list[Any] | None, within: timedelta) -> int | None:
    """None for another account or assisted session, or when expired."""
    number, since, *owner = noted or (0, 0)
    is_fresh = timezone.now().timestamp() - since < within.total_seconds()
    return int(number) if is_fresh and owner == owner_of(request) else None


def forget_sent(request: HttpRequest) -> None:
    """The user has noted reference and PIN: remove them from the session."""
    request.session.pop(SENT, None)
    request.session.pop(REPORTED, None)

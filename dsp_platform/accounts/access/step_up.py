"""Step-up authentication: before sensitive actions a signed-in person authenticates again.

The session stores when that was last done, by a code or a passkey. Signing in counts as well.
"""

from datetime import timedelta

from django.http import HttpRequest
from django.utils import timezone

PROVED = "proved_at"
# By a code to the phone: a passkey proves who it is, but not that the SIM is still theirs.
PHONE_PROVED = "phone_proved_at"
LIFE = timedelta(minutes=10)


def record(request: HttpRequest) -> None:
    """The person of this session has just authenticated."""
    request.session[PROVED] = int(timezone.now().timestamp())


def record_phone(request: HttpRequest) -> None:
    """The same, by a code to the phone of the account, which proves that they still have the SIM."""
    record(request)
    request.session[PHONE_PROVED] = request.session[PROVED]


def is_fresh(request: HttpRequest) -> bool:
    return _is_fresh(request, PROVED)


def is_phone_fresh(request: HttpRequest) -> bool:
    return _is_fresh(request, PHONE_PROVED)


def _is_fresh(request: HttpRequest, key: str) -> bool:
    age = timezone.now().timestamp() - request.session.get(key, 0)
    return age <= LIFE.total_seconds()

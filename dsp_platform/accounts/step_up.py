"""A fresh proof: before what matters most, a person who is signed in shows again that it is they.

The session remembers when a code or a passkey last proved it. Signing in is such a proof.
"""

from datetime import timedelta

from django.http import HttpRequest
from django.utils import timezone

PROVED = "proved_at"
LIFE = timedelta(minutes=10)


def note(request: HttpRequest) -> None:
    """The person of this session has just proved who they are."""
    request.session[PROVED] = int(timezone.now().timestamp())


def is_fresh(request: HttpRequest) -> bool:
    age = timezone.now().timestamp() - request.session.get(PROVED, 0)
    return age <= LIFE.total_seconds()

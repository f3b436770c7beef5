"""Growing waits after failed sign-ins of staff, counted in the database by the name that was typed.

A wait must not become a way to lock somebody out: a browser that has signed in as this name before
carries a signed cookie and is counted apart, so strangers at other browsers do not make its owner wait
(OWASP, "device cookies"). Unknown names wait exactly like known ones.
"""

import secrets
from datetime import timedelta

from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from dsp_platform import crypto, locks
from dsp_platform.accounts.models import SignInFailure

COOKIE = "known_browser"
COOKIE_LIFE = timedelta(days=180)
_SALT = "accounts.known_browser"

FREE_FAILURES = 4
FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(minutes=15)
MEMORY = timedelta(hours=12)


def bucket_of(request: HttpRequest | None, username: str) -> bytes:
    name = username.strip().casefold()
    return crypto.digest("sign-in failures", name, _browser_known_for(request, name))


def wait(bucket: bytes) -> timedelta:
    """Zero when the name may be tried now. Tries during a wait are not judged and do not lengthen it."""
    now = timezone.now()
    failures = SignInFailure.objects.filter(bucket=bucket, at__gt=now - MEMORY).order_by("-at")
    count = failures.count()
    if count <= FREE_FAILURES:
        return timedelta(0)
    # The power is capped so that a long series of failures cannot overflow the arithmetic.
    pause = min(FIRST_WAIT * 2 ** min(count - FREE_FAILURES - 1, 10), LONGEST_WAIT)
    return max(failures[0].at + pause - now, timedelta(0))


def note_failure(bucket: bytes) -> None:
    SignInFailure.objects.create(bucket=bucket)


def forget_failures(bucket: bytes) -> None:
    SignInFailure.objects.filter(bucket=bucket).delete()


def take_turn(bucket: bytes) -> None:
    """Parallel tries at one name are judged one after another. Call inside a transaction."""
    locks.lock("sign-in", bucket.hex())


def remember_browser(request: HttpRequest, response: HttpResponse, username: str) -> None:
    name = username.strip().casefold()
    value = {"name": crypto.digest("known browser", name).hex(), "id": secrets.token_hex(8)}
    response.set_cookie(
        COOKIE,
        signing.dumps(value, salt=_SALT),
        max_age=int(COOKIE_LIFE.total_seconds()),
        secure=request.is_secure(),
        httponly=True,
        samesite="Strict",
    )


def _browser_known_for(request: HttpRequest | None, name: str) -> str:
    cookie = request.COOKIES.get(COOKIE, "") if request else ""
    try:
        value = signing.loads(cookie, salt=_SALT, max_age=COOKIE_LIFE)
    except signing.BadSignature:
        return ""
    return value["id"] if value["name"] == crypto.digest("known browser", name).hex() else ""


def purge() -> None:
    with transaction.atomic():
        SignInFailure.objects.filter(at__lt=timezone.now() - MEMORY).delete()

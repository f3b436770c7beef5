"""Rate limits and exponential back-off of sign-ins by password, counted in the database.

Back-off is by user name as typed. It must not let strangers lock a user out: a browser that has signed in
with this name before carries a signed cookie and is counted separately (OWASP, "device cookies"). Unknown
names wait exactly like known ones, against enumeration.

A rate limit by network bounds the cost of password hashing, half a second each, when a new name is tried each
time. A sign-in that succeeds releases its attempt, so an office of a hundred behind one address only spends
its mistakes. Browsers known for the name are exempt.
"""

import secrets
from datetime import timedelta

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from dsp_platform.accounts.errors import wait_sentence
from dsp_platform.accounts.models import SignInFailure
from dsp_platform.audit import services as audit
from dsp_platform.background.backoff import backoff
from dsp_platform.database import locks
from dsp_platform.encryption import crypto
from dsp_platform.web import cookies
from dsp_platform.web.addresses import client_address, network_of

COOKIE = "known_browser"
COOKIE_LIFE = timedelta(days=180)

FREE_FAILURES = 4
FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(minutes=15)
MEMORY = timedelta(hours=12)

NETWORK_FAILURES = 60
NETWORK_WINDOW = timedelta(hours=1)


class NetworkLimitReached(Exception):
    """``wait``: the time until this network may try again."""

    def __init__(self, *, wait: timedelta) -> None:
        super().__init__(wait)
        self.wait = wait

    def __str__(self) -> str:
        words = _(
            "Too many tries failed in your network. %(wait)s"
            " A browser in which you have signed in before can be used at once."
        )
        return words % {"wait": wait_sentence(self.wait)}


def bucket_of(request: HttpRequest | None, username: str) -> bytes:
    name = _name(username)
    return crypto.digest("sign-in failures", name, _browser_known_for(request, name))


def wait(bucket: bytes) -> timedelta:
    """Zero when the name may be tried now. Attempts during a wait are not verified and do not extend it."""
    now = timezone.now()
    failures = SignInFailure.objects.filter(bucket=bucket, at__gt=now - MEMORY).order_by("-at")
    count = failures.count()
    if count <= FREE_FAILURES:
        return timedelta(0)
    pause = backoff(count - FREE_FAILURES, first=FIRST_WAIT, longest=LONGEST_WAIT)
    return max(failures[0].at + pause - now, timedelta(0))


def note_failure(bucket: bytes) -> None:
    SignInFailure.objects.create(bucket=bucket)


def reset_failures(bucket: bytes) -> None:
    SignInFailure.objects.filter(bucket=bucket).delete()


def lock_limits(bucket: bytes) -> None:
    """Serialises the attempts at one name until the transaction ends."""
    locks.lock(locks.LockName.SIGN_IN, bucket.hex())


@transaction.atomic
def reserve_attempt(request: HttpRequest | None, username: str) -> SignInFailure | None:
    """Count an attempt of this network before it is verified, against races of parallel attempts.

    None for a browser that is known for this name. Raises NetworkLimitReached.
    """
    if _browser_known_for(request, _name(username)):
        return None
    bucket = network_digest(request)
    locks.lock(locks.LockName.SIGN_IN_NETWORK, bucket.hex())
    now = timezone.now()
    attempts = SignInFailure.objects.filter(bucket=bucket, at__gt=now - NETWORK_WINDOW).order_by("-at")
    times = list(attempts.values_list("at", flat=True)[:NETWORK_FAILURES])
    if len(times) == NETWORK_FAILURES:
        raise NetworkLimitReached(wait=times[-1] + NETWORK_WINDOW - now)
    if len(times) == NETWORK_FAILURES - 1:
        details = {"network": short(bucket)}
        audit.record(actor=None, action="sign_in_budget_spent", subject_kind="user", details=details)
    return SignInFailure.objects.create(bucket=bucket)


def release_attempt(attempt: SignInFailure | None) -> None:
    """The attempt succeeded, or was not verified: do not count it as a failure."""
    if attempt is not None:
        attempt.delete()


def network_digest(request: HttpRequest | None) -> bytes:
    return crypto.digest("sign-in network", network_of(client_address(request)) if request else "")


def short(bucket: bytes) -> str:
    """For the audit: shows whether two failures came from one network, without naming it."""
    return bucket.hex()[:16]


def remember_browser(request: HttpRequest, response: HttpResponse, username: str) -> None:
    value = {"name": crypto.digest("known browser", _name(username)).hex(), "id": secrets.token_hex(8)}
    cookies.write(response, COOKIE, value, life=COOKIE_LIFE)


def _name(username: str) -> str:
    return username.strip().casefold()


def _browser_known_for(request: HttpRequest | None, name: str) -> str:
    value = cookies.read(request, COOKIE, life=COOKIE_LIFE) if request else None
    return value["id"] if value and value["name"] == crypto.digest("known browser", name).hex() else ""


def purge() -> None:
    with transaction.atomic():
        SignInFailure.objects.filter(at__lt=timezone.now() - MEMORY).delete()

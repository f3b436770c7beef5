"""Rate limits and exponential back-off of sign-ins by password, counted in the database.

Back-off is by user name as typed. It must not let strangers lock a user out: a browser that has signed in
with this name before carries a signed cookie and is counted separately (OWASP, "device cookies"). Unknown
names wait exactly like known ones, against enumeration.

A rate limit by network bounds the cost of password hashing, half a second each, when a new name is tried each
time. A sign-in that succeeds releases its attempt, so an office of a hundred behind one address only spends
its mistakes. Browsers known for the name are exempt.

Nothing here waits for another attempt: each thread that waits is one less for the pages of everybody.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

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


class Refused(Exception):
    """Nothing was verified and nothing is counted. ``str()`` gives the sentence in the active language."""

    code: str

    def __str__(self) -> str:
        raise NotImplementedError


class Wait(Refused):
    """``wait``: the time until this may be tried again."""

    def __init__(self, *, wait: timedelta) -> None:
        super().__init__(wait)
        self.wait = wait


class NetworkLimitReached(Wait):
    code = "network"

    def __str__(self) -> str:
        words = _(
            "Too many tries failed in your network. %(wait)s"
            " A browser in which you have signed in before can be used at once."
        )
        return words % {"wait": wait_sentence(self.wait)}


class NameMustWait(Wait):
    code = "wait"

    def __str__(self) -> str:
        seconds = int(self.wait.total_seconds())
        return ngettext(
            "Too many failed tries. Wait %(seconds)s second and try again.",
            "Too many failed tries. Wait %(seconds)s seconds and try again.",
            seconds,
        ) % {"seconds": seconds}


class Busy(Refused):
    """Others are being verified: of this name, of this network, or as many as may be at a time."""

    code = "busy"

    def __str__(self) -> str:
        return _(
            "Too many passwords are being checked at this moment."
            " Wait a few seconds, then type your password again and send it."
        )


def bucket_of(request: HttpRequest | None, username: str) -> bytes:
    name = _name(username)
    return crypto.digest("sign-in failures", name, _browser_known_for(request, name))


def take_turn(bucket: bytes) -> None:
    """Until the transaction ends, nobody else tries this name.

    Raises Busy if somebody does now, and NameMustWait. Attempts during a wait do not extend it.
    """
    if not locks.try_lock(locks.LockName.SIGN_IN, bucket.hex()):
        raise Busy
    now = timezone.now()
    failures = SignInFailure.objects.filter(bucket=bucket, at__gt=now - MEMORY).order_by("-at")
    count = failures.count()
    if count > FREE_FAILURES:
        pause = backoff(count - FREE_FAILURES, first=FIRST_WAIT, longest=LONGEST_WAIT)
        wait = failures[0].at + pause - now
        if wait >= timedelta(seconds=1):
            raise NameMustWait(wait=wait)


def note_failure(bucket: bytes) -> None:
    SignInFailure.objects.create(bucket=bucket)


def reset_failures(bucket: bytes) -> None:
    SignInFailure.objects.filter(bucket=bucket).delete()


@dataclass
class Attempt:
    failed: bool = False


@contextmanager
def attempt(request: HttpRequest | None, username: str) -> Iterator[Attempt]:
    """Counted for its network from before it is verified, against races of parallel attempts, and kept only
    if it ``failed``.

    Raises NetworkLimitReached.
    """
    bucket = network_of_stranger(request, username)
    if bucket is None:
        yield Attempt()
        return
    reserved, tried = _reserve(bucket), Attempt()
    try:
        yield tried
    finally:
        if not tried.failed:
            reserved.delete()
        # Not when it was reserved: an attempt that is released would be audited each time.
        elif _of_network(bucket).count() >= NETWORK_FAILURES:
            details = {"network": short(bucket)}
            audit.record(actor=None, action="sign_in_budget_spent", subject_kind="user", details=details)


@transaction.atomic
def _reserve(bucket: bytes) -> SignInFailure:
    locks.lock(locks.LockName.SIGN_IN_NETWORK, bucket.hex())
    now = timezone.now()
    times = list(_of_network(bucket).order_by("-at").values_list("at", flat=True)[:NETWORK_FAILURES])
    if len(times) == NETWORK_FAILURES:
        raise NetworkLimitReached(wait=times[-1] + NETWORK_WINDOW - now)
    return SignInFailure.objects.create(bucket=bucket)


def _of_network(bucket: bytes) -> QuerySet[SignInFailure]:
    return SignInFailure.objects.filter(bucket=bucket, at__gt=timezone.now() - NETWORK_WINDOW)


def network_of_stranger(request: HttpRequest | None, username: str) -> bytes | None:
    """None for a browser that is known for this name, wherever it is."""
    return None if _browser_known_for(request, _name(username)) else network_digest(request)


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

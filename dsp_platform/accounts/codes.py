"""One-time codes by text message: sending, limits, and proving a phone with one.

The code is never stored: it is derived from the challenge's random nonce under the server's key, so a
resend carries the same code and a copy of the database holds none. Everything counted is counted in the
database while holding the phone's lock, so parallel requests cannot pass a limit together. Whether the
number has an account is not looked at before its code is right: both kinds look and take the same.
"""

import hmac
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from dsp_platform import crypto, locks
from dsp_platform.accounts.errors import (
    CodeProblem,
    Expired,
    NoMoreTries,
    NotAccepted,
    TooManySent,
    TooManyWrong,
    WrongCode,
)
from dsp_platform.accounts.models import PhoneChallenge, PhoneEvent, User
from dsp_platform.khmer import latin_digits
from dsp_platform.notifications import services as notifications

DIGITS = 6
LIFE = timedelta(minutes=10)
# A resend this close to the end starts a new code: the old one would be over before it is typed.
TOO_OLD_TO_RESEND = timedelta(minutes=2)
TRIES = 5
SENT_LIMITS = (
    (timedelta(seconds=60), 1),
    (timedelta(minutes=30), 4),
    (timedelta(days=1), 8),
)
WRONG_LIMIT = (timedelta(hours=1), 10)
TEXT = "sign_in_code"


def new_browser_secret() -> str:
    return secrets.token_urlsafe(32)


def code_of(challenge: PhoneChallenge) -> str:
    derived = crypto.digest(
        "one-time code", challenge.purpose, str(challenge.pk), challenge.phone, bytes(challenge.nonce).hex()
    )
    return str(int.from_bytes(derived, "big") % 10**DIGITS).zfill(DIGITS)


@transaction.atomic
def send_code(
    *, phone: str, browser: str, language: str, address_digest: bytes | None = None
) -> PhoneChallenge:
    """Text the code of this browser's open challenge, or of a new one. Raises TooManySent, TooManyWrong."""
    locks.lock("phone", phone)
    now = timezone.now()
    _check_wrong(phone, now)
    _check_sent(phone, now)
    challenge = open_challenge(phone=phone, browser=browser)
    if challenge is None or challenge.expires_at - now < TOO_OLD_TO_RESEND:
        challenge = PhoneChallenge.objects.create(
            phone=phone,
            purpose=PhoneChallenge.Purpose.SIGN_IN,
            nonce=secrets.token_bytes(32),
            browser_digest=_browser_digest(browser),
            created_at=now,
            expires_at=now + LIFE,
        )
    PhoneEvent.objects.create(phone=phone, kind=PhoneEvent.Kind.SENT, at=now, address_digest=address_digest)
    notifications.send(
        phone=phone,
        language=language,
        template=TEXT,
        params={"challenge": str(challenge.pk)},
        expires_at=challenge.expires_at,
    )
    return challenge


def open_challenge(*, phone: str, browser: str) -> PhoneChallenge | None:
    """The challenge this browser can still answer for this phone."""
    return (
        PhoneChallenge.objects.filter(
            phone=phone,
            purpose=PhoneChallenge.Purpose.SIGN_IN,
            browser_digest=_browser_digest(browser),
            used_at=None,
            tries__lt=TRIES,
            expires_at__gt=timezone.now(),
        )
        .order_by("-created_at")
        .first()
    )


def challenge_of(*, challenge_id: str, browser: str) -> PhoneChallenge | None:
    """The challenge, whatever its state, if it was made for this browser."""
    try:
        found = PhoneChallenge.objects.filter(pk=UUID(challenge_id)).first()
    except ValueError:
        return None
    if found and hmac.compare_digest(bytes(found.browser_digest), _browser_digest(browser)):
        return found
    return None


def confirm(*, challenge_id: str, browser: str, typed: str, language: str) -> User:
    """The citizen whose phone this proves; an account is made when the number is new.

    Raises a ``CodeProblem``: Expired, WrongCode, NoMoreTries, TooManyWrong or NotAccepted.
    """
    outcome = _judge(challenge_id, browser, typed, language)
    if isinstance(outcome, CodeProblem):
        raise outcome  # after the commit, which keeps the count of wrong codes
    return outcome


@transaction.atomic
def _judge(challenge_id: str, browser: str, typed: str, language: str) -> User | CodeProblem:
    challenge = challenge_of(challenge_id=challenge_id, browser=browser)
    if challenge is None:
        return Expired()
    locks.lock("phone", challenge.phone)
    challenge.refresh_from_db()
    now = timezone.now()
    if challenge.used_at or challenge.expires_at <= now:
        return Expired()
    if challenge.tries >= TRIES:
        return NoMoreTries()
    try:
        _check_wrong(challenge.phone, now)
    except TooManyWrong as problem:
        return problem
    if not hmac.compare_digest(code_of(challenge).encode(), _digits(typed).encode()):
        return _count_wrong(challenge, now)
    used = PhoneChallenge.objects.filter(pk=challenge.pk, used_at=None).update(used_at=now)
    return _account(challenge.phone, language) if used else Expired()


def _count_wrong(challenge: PhoneChallenge, now: datetime) -> CodeProblem:
    challenge.tries += 1
    challenge.save(update_fields=["tries"])
    PhoneEvent.objects.create(phone=challenge.phone, kind=PhoneEvent.Kind.WRONG, at=now)
    left = TRIES - challenge.tries
    return WrongCode(tries_left=left) if left else NoMoreTries()


def _account(phone: str, language: str) -> User | CodeProblem:
    user = User.objects.filter(phone=phone).first()
    if user is None:
        return User.objects.create_citizen(phone=phone, language=language)
    if not user.is_active:
        return NotAccepted()
    if user.language != language:
        # Text messages follow the language the person last signed in with.
        user.language = language
        user.save(update_fields=["language"])
    return user


def _check_sent(phone: str, now: datetime) -> None:
    for window, most in SENT_LIMITS:
        wait = _wait(phone, PhoneEvent.Kind.SENT, window, most, now)
        if wait:
            raise TooManySent(wait=wait)


def _check_wrong(phone: str, now: datetime) -> None:
    window, most = WRONG_LIMIT
    wait = _wait(phone, PhoneEvent.Kind.WRONG, window, most, now)
    if wait:
        raise TooManyWrong(wait=wait)


def _wait(phone: str, kind: str, window: timedelta, most: int, now: datetime) -> timedelta | None:
    """Until one more fits into the window; None when it fits now."""
    last = PhoneEvent.objects.filter(phone=phone, kind=kind, at__gt=now - window).order_by("-at")
    times = list(last.values_list("at", flat=True)[:most])
    return times[-1] + window - now if len(times) == most else None


def _digits(typed: str) -> str:
    return "".join(sign for sign in latin_digits(typed) if sign in "0123456789")


def _browser_digest(browser: str) -> bytes:
    return crypto.digest("browser of a phone challenge", browser)

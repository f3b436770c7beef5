"""One-time codes (OTP) by text message: sending them, and verifying a phone with one.

The code is never stored: it is derived from the challenge's random nonce under the server's key, so a
resend carries the same code and a copy of the database holds none. It is valid for one purpose, one
subject, one browser, one account and one use. Conditions that depend on the number's account are checked
when the message is rendered and after the code was verified, never while the page is built: known and
unknown numbers look the same and take the same time, so accounts cannot be enumerated.
"""

import hmac
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from dsp_platform.accounts.codes import limits
from dsp_platform.accounts.errors import (
    CodeProblem,
    Expired,
    NoMoreTries,
    NotAccepted,
    WrongCode,
)
from dsp_platform.accounts.models import PhoneChallenge, User
from dsp_platform.encryption import crypto
from dsp_platform.khmer.digits import digits_of
from dsp_platform.notifications import services as notifications
from dsp_platform.notifications.models import MessageKind, Tier

Outcome = TypeVar("Outcome")
Purpose = PhoneChallenge.Purpose

DIGITS = 6
LIFE = timedelta(minutes=10)
# With less time left a resend starts a new code: the old one would expire before it is typed.
TOO_OLD_TO_RESEND = timedelta(minutes=2)
TRIES = 5
TEXT = "sign_in_code"
# Asked for by somebody who is signed in, and counted against their account.
SIGNED_IN = (
    Purpose.STEP_UP,
    Purpose.NEW_PHONE,
    Purpose.LOST_PHONE,
    Purpose.FIRST_PHONE,
    Purpose.CONSENT,
    Purpose.SHARE,
)
# Requested by somebody signed in for a number that may be another's. Limits are counted for account and
# number together, so that strangers cannot exhaust them at the sign-in page.
APART = (Purpose.LOST_PHONE, Purpose.FIRST_PHONE, Purpose.MOVE, Purpose.CONSENT, Purpose.SHARE)


def kind_of(purpose: str) -> MessageKind:
    """The message budget of a code: a flood of one purpose does not use up the other's."""
    return MessageKind.CODE if purpose in (Purpose.SIGN_IN, Purpose.STEP_UP) else MessageKind.CONFIRM


def code_of(challenge: PhoneChallenge) -> str:
    return crypto.decimal_code(
        DIGITS,
        "one-time code",
        challenge.purpose,
        challenge.subject,
        str(challenge.pk),
        challenge.phone,
        bytes(challenge.nonce).hex(),
    )


@transaction.atomic
def send_code(
    *,
    phone: str,
    browser: str,
    language: str,
    purpose: str = Purpose.SIGN_IN,
    subject: str = "",
    account: User | None = None,
    known: bool = False,
) -> PhoneChallenge:
    """Text the code of this browser's open challenge, or of a new one. Raises TooManySent, TooManyWrong.

    ``known``: this browser signed in with this number before. When the message budget is exhausted, the code
    is not sent, but the challenge is created all the same, so that the page does not reveal it.
    """
    counted = limits.lock_limits(phone=phone, account=account.pk if account else None)
    now = timezone.now()
    apart = purpose in APART
    limits.check_wrong(phone=phone, account=counted, known=known, apart=apart, now=now)
    limits.check_sent(phone=phone, account=counted, known=known, apart=apart, purpose=purpose, now=now)
    challenge = open_challenge(
        phone=phone, browser=browser, purpose=purpose, subject=subject, account=account
    )
    if challenge is None or challenge.expires_at - now < TOO_OLD_TO_RESEND:
        challenge = PhoneChallenge.objects.create(
            phone=phone,
            account=account,
            purpose=purpose,
            subject=subject,
            nonce=secrets.token_bytes(32),
            browser_digest=_browser_digest(browser),
            created_at=now,
            expires_at=now + LIFE,
        )
    kind, tier = kind_of(purpose), _tier(purpose, known, counted)
    unproved = limits.record_sent(
        phone=phone, account=counted, known=known, purpose=purpose, kind=kind, tier=tier, now=now
    )
    notifications.send(
        kind=kind,
        tier=tier,
        unproved=unproved,
        phone=phone,
        language=language,
        template=TEXT,
        params={"challenge": str(challenge.pk)},
        expires_at=challenge.expires_at,
    )
    return challenge


def _tier(purpose: str, known: bool, account: int | None) -> Tier:
    if known or purpose in SIGNED_IN:
        return Tier.KNOWN
    return Tier.ACCOUNT if account else Tier.OPEN


def open_challenge(
    *,
    phone: str,
    browser: str,
    purpose: str = Purpose.SIGN_IN,
    subject: str = "",
    account: User | None = None,
) -> PhoneChallenge | None:
    """The newest challenge for this phone that this browser can still answer."""
    return (
        PhoneChallenge.objects.filter(
            phone=phone,
            account=account,
            purpose=purpose,
            subject=subject,
            browser_digest=_browser_digest(browser),
            used_at=None,
            tries__lt=TRIES,
            expires_at__gt=timezone.now(),
        )
        .order_by("-created_at")
        .first()
    )


def challenge_of(
    *,
    challenge_id: str,
    browser: str,
    purpose: str = Purpose.SIGN_IN,
    subject: str = "",
    account: User | None = None,
) -> PhoneChallenge | None:
    """The challenge in any state, if it was created for this browser, purpose, subject and account."""
    try:
        key = UUID(challenge_id)
    except ValueError:
        return None
    found = PhoneChallenge.objects.filter(pk=key, purpose=purpose, subject=subject, account=account).first()
    if found and hmac.compare_digest(bytes(found.browser_digest), _browser_digest(browser)):
        return found
    return None


def prove(
    *,
    challenge_id: str,
    browser: str,
    typed: str,
    then: Callable[[PhoneChallenge], Outcome],
    purpose: str = Purpose.SIGN_IN,
    subject: str = "",
    account: User | None = None,
    known: bool = False,
) -> Outcome:
    """Verify the code and return the result of ``then``, in the transaction that consumes the code.

    Raises a ``CodeProblem``: Expired, WrongCode, NoMoreTries, or one that ``then`` raises.
    """
    with transaction.atomic():
        found = challenge_of(
            challenge_id=challenge_id, browser=browser, purpose=purpose, subject=subject, account=account
        )
        problem = _verify(found, typed, known) if found else Expired()
        outcome = None
        if found and problem is None:
            try:
                outcome = then(found)
            except CodeProblem as refused:  # the code is consumed all the same
                problem = refused
    if problem:
        raise problem  # after the commit: a rollback would undo the count of wrong codes
    return outcome  # type: ignore[return-value]  # set whenever there is no problem


@transaction.atomic
def end_open(*, phone: str, account: User) -> None:
    """The account has another phone: expire the open challenges of the old one and of the account.

    Codes still in the outbox are not sent. A code that is being verified concurrently still counts.
    """
    now = timezone.now()
    asked = PhoneChallenge.objects.filter(Q(phone=phone) | Q(account=account))
    # ``prove`` locks challenge before account, the caller here the reverse: skip locked rows, which avoids a
    # deadlock.
    unused = asked.filter(used_at=None, expires_at__gt=now).select_for_update(skip_locked=True)
    found = [challenge.pk for challenge in unused.only("pk")]
    PhoneChallenge.objects.filter(pk__in=found).update(expires_at=now)


def _verify(challenge: PhoneChallenge, typed: str, known: bool) -> CodeProblem | None:
    """None when the code was right and is now used."""
    counted = limits.lock_limits(phone=challenge.phone, account=challenge.account_id)
    challenge.refresh_from_db()
    now = timezone.now()
    if challenge.used_at or challenge.expires_at <= now:
        return Expired()
    if challenge.tries >= TRIES:
        return NoMoreTries()
    if not hmac.compare_digest(code_of(challenge).encode(), digits_of(typed).encode()):
        challenge.tries += 1
        challenge.save(update_fields=["tries"])
        limits.record_wrong(phone=challenge.phone, account=counted, known=known, now=now)
        left = TRIES - challenge.tries
        return WrongCode(tries_left=left) if left else NoMoreTries()
    used = PhoneChallenge.objects.filter(pk=challenge.pk, used_at=None).update(used_at=now)
    if not used:
        return Expired()
    limits.note_proved(challenge.phone)
    return None


def account_of(phone: str, language: str) -> User:
    """Call within ``prove``, which has locked the phone. Raises NotAccepted for a closed account."""
    user = User.objects.filter(phone=phone).first()
    if user is None:
        return User.objects.create_citizen(phone=phone, language=language)
    if not user.is_active:
        raise NotAccepted
    if user.language != language and not user.language_is_chosen:
        user.language = language
        user.save(update_fields=["language"])
    return user


def _browser_digest(browser: str) -> bytes:
    return crypto.digest("browser of a phone challenge", browser)

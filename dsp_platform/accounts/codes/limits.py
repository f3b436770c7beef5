"""Rate limits of one-time codes: how many may be sent and how many may be wrong, per phone and per account.

Counted in the database while both are locked, so that parallel requests cannot pass a limit together.
The account counts too, so that a change of phone does not begin them anew. The minute between two messages
is counted by phone and purpose: a code for signing in does not delay the code of the next step. All
purposes together have the limits of half an hour and of a day.

Strangers cannot lock the owner of a number out. Browsers that signed in with the number before are counted
apart, and so is what somebody signed in asks for a number that may be another's (``codes.APART``): for
account and number together. All others are counted by the network that asks. Nothing hinders a code that a
browser waits for: each can be tried five times, so what bounds the guesses is how many are sent. All
networks together cause ``SENT_IN_ALL`` a day for one number, that is 120 guesses among a million, and known
browsers 40 more.
"""

from datetime import datetime, timedelta

from django.db.models import Q

from dsp_platform import locks, origin
from dsp_platform.accounts.errors import TooManySent, TooManyWrong
from dsp_platform.accounts.models import PhoneEvent, User
from dsp_platform.notifications import budget, origins
from dsp_platform.notifications.models import Tier, Window

BETWEEN_TWO = (timedelta(seconds=60), 1)
SENT_LIMITS = ((timedelta(minutes=30), 4), (timedelta(days=1), 8))
SENT_IN_ALL = (timedelta(days=1), 24)
WRONG_LIMIT = (timedelta(hours=1), 10)


def lock_limits(*, phone: str, account: int | None) -> int | None:
    """Lock the phone and its account until the transaction ends; returns the account.

    Advisory locks, always phone before account: a consistent lock order avoids deadlocks.

    Without an account it is the phone's, if it has one. Both kinds of number are asked the same questions.
    """
    locks.lock(locks.LockName.PHONE, phone)
    if account is None:
        account = User.objects.filter(phone=phone).values_list("pk", flat=True).first()
    locks.lock(locks.LockName.CODES_OF_ACCOUNT, str(account or phone))
    return account


def check_sent(
    *, phone: str, account: int | None, known: bool, apart: bool, purpose: str, now: datetime
) -> None:
    """``apart``: what this account asked for this phone is counted alone. Raises TooManySent."""
    whose = _whose(phone, account, known, apart)
    limits = [
        (whose & Q(phone=phone, purpose=purpose), BETWEEN_TWO),
        *((whose, limit) for limit in SENT_LIMITS),
    ]
    if not known and not apart:
        limits.append((_of_number(phone, account) & Q(known=False), SENT_IN_ALL))
    for whose, limit in limits:
        if wait := _wait(whose & Q(kind=PhoneEvent.Kind.SENT), limit, now):
            raise TooManySent(wait=wait)


def reset_after_lost_phone(account: int) -> None:
    """Another phone took the place of a lost one, before two officials or over days: codes that were sent to
    the lost one count for that number alone, and keep nobody from signing in with the new one."""
    PhoneEvent.objects.filter(account_id=account, kind=PhoneEvent.Kind.SENT).update(account=None)


def check_wrong(*, phone: str, account: int | None, known: bool, apart: bool, now: datetime) -> None:
    """Whether another code may be sent. Raises TooManyWrong."""
    whose = _whose(phone, account, known, apart)
    if wait := _wait(whose & Q(kind=PhoneEvent.Kind.WRONG), WRONG_LIMIT, now):
        raise TooManyWrong(wait=wait)


def note_sent(
    *, phone: str, account: int | None, known: bool, purpose: str, kind: str, tier: str, now: datetime
) -> bool:
    """Whether the network is to be counted for one more number that is not confirmed yet.

    A number counts once in an hour, however often its code is sent again.
    """
    who = origin.current()
    unproved = False
    if who is not None and tier != Tier.KNOWN:
        hour = budget.start_of(Window.HOUR, now)
        before = PhoneEvent.objects.filter(phone=phone, kind=PhoneEvent.Kind.SENT, at__gte=hour)
        unproved = not before.filter(network=who.network, unproved_in=kind).exists()
    PhoneEvent.objects.create(
        phone=phone,
        account_id=account,
        known=known,
        kind=PhoneEvent.Kind.SENT,
        purpose=purpose,
        at=now,
        network=_network(),
        unproved_in=kind if unproved else "",
    )
    return unproved


def note_wrong(*, phone: str, account: int | None, known: bool, now: datetime) -> None:
    PhoneEvent.objects.create(
        phone=phone, account_id=account, known=known, kind=PhoneEvent.Kind.WRONG, at=now, network=_network()
    )


def note_proved(phone: str) -> None:
    """The number was verified: it no longer counts as unverified for the networks that asked codes for it."""
    events = PhoneEvent.objects.filter(phone=phone, kind=PhoneEvent.Kind.SENT).exclude(unproved_in="")
    open_ones = list(events.select_for_update().order_by("pk"))
    origins.note_proved((bytes(one.network or b""), one.unproved_in, one.at) for one in open_ones)
    PhoneEvent.objects.filter(pk__in=[one.pk for one in open_ones]).update(unproved_in="")


def _whose(phone: str, account: int | None, known: bool, apart: bool) -> Q:
    if apart:
        return Q(phone=phone, account_id=account or 0, known=known)
    network = Q() if known else Q(network=_network())
    return _of_number(phone, account) & Q(known=known) & network


def _of_number(phone: str, account: int | None) -> Q:
    # The same query for a number nobody has: no account has the number 0.
    return Q(phone=phone) | Q(account_id=account or 0)


def _network() -> bytes | None:
    who = origin.current()
    return who.network if who else None


def _wait(which: Q, limit: tuple[timedelta, int], now: datetime) -> timedelta | None:
    """Until one more fits into the window; None when it fits now."""
    window, most = limit
    last = PhoneEvent.objects.filter(which, at__gt=now - window).order_by("-at")
    times = list(last.values_list("at", flat=True)[:most])
    return times[-1] + window - now if len(times) == most else None

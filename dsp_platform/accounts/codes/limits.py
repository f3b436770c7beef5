"""Rate limits of one-time codes: how many may be sent and how many may be wrong, per phone and per account.

Counted in the database while phone and account are locked, which prevents a race between parallel requests.
The account counts too, so that a change of phone does not reset the limits. The minute between two messages
is counted by phone and purpose: a code for signing in does not delay the code of the next step. The limits
of half an hour and of a day count all purposes together.

Strangers cannot lock the owner of a number out. Three groups are counted separately: browsers that signed in
with the number before; requests of somebody signed in for a number that may be another's (``codes.APART``),
by account and number; all others, by their network. A code that was sent can always be entered. Each
allows five tries, so the number of codes sent bounds the guesses: ``SENT_LIMIT_ALL_NETWORKS``
a day for one number from all networks, that is 120 guesses among a million, and 40 more from known browsers.
"""

from datetime import datetime, timedelta

from django.db.models import Q

from dsp_platform.accounts.errors import TooManySent, TooManyWrong
from dsp_platform.accounts.models import PhoneEvent, User
from dsp_platform.database import locks
from dsp_platform.notifications import budget, rate_limits
from dsp_platform.notifications.models import Tier, Window
from dsp_platform.web import origin

MIN_INTERVAL = (timedelta(seconds=60), 1)
SENT_LIMITS = ((timedelta(minutes=30), 4), (timedelta(days=1), 8))
SENT_LIMIT_ALL_NETWORKS = (timedelta(days=1), 24)
WRONG_LIMIT = (timedelta(hours=1), 10)


def lock_limits(*, phone: str, account: int | None) -> int | None:
    """Lock the phone and its account until the transaction ends; returns the account.

    Advisory locks, always phone before account: a consistent lock order avoids deadlocks. Without
    ``account`` it is the account of the phone, if there is one. Known and unknown numbers cause the same
    queries, against timing attacks.
    """
    locks.lock(locks.LockName.PHONE, phone)
    if account is None:
        account = User.objects.filter(phone=phone).values_list("pk", flat=True).first()
    locks.lock(locks.LockName.CODES_OF_ACCOUNT, str(account or phone))
    return account


def check_sent(
    *, phone: str, account: int | None, known: bool, apart: bool, purpose: str, now: datetime
) -> None:
    """``apart``: count only what this account requested for this phone. Raises TooManySent."""
    counted = _events_counted(phone, account, known, apart)
    limits = [
        (counted & Q(phone=phone, purpose=purpose), MIN_INTERVAL),
        *((counted, limit) for limit in SENT_LIMITS),
    ]
    if not known and not apart:
        limits.append((_of_number(phone, account) & Q(known=False), SENT_LIMIT_ALL_NETWORKS))
    for counted, limit in limits:
        if wait := _wait(counted & Q(kind=PhoneEvent.Kind.SENT), limit, now):
            raise TooManySent(wait=wait)


def reset_after_lost_phone(account: int) -> None:
    """After a lost phone was replaced: codes sent to the lost one no longer count for the account.

    Otherwise its limits could keep the person from signing in with the new phone.
    """
    PhoneEvent.objects.filter(account_id=account, kind=PhoneEvent.Kind.SENT).update(account=None)


def check_wrong(*, phone: str, account: int | None, known: bool, apart: bool, now: datetime) -> None:
    """Raises TooManyWrong when wrong codes block sending another one."""
    counted = _events_counted(phone, account, known, apart)
    if wait := _wait(counted & Q(kind=PhoneEvent.Kind.WRONG), WRONG_LIMIT, now):
        raise TooManyWrong(wait=wait)


def record_sent(
    *, phone: str, account: int | None, known: bool, purpose: str, kind: str, tier: str, now: datetime
) -> bool:
    """Record a code sent. Returns whether the network's count of unverified numbers grows by this number.

    A number counts once an hour, however often its code is sent again.
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


def record_wrong(*, phone: str, account: int | None, known: bool, now: datetime) -> None:
    PhoneEvent.objects.create(
        phone=phone, account_id=account, known=known, kind=PhoneEvent.Kind.WRONG, at=now, network=_network()
    )


def note_proved(phone: str) -> None:
    """The number was verified: it no longer counts as unverified for the networks that requested codes."""
    events = PhoneEvent.objects.filter(phone=phone, kind=PhoneEvent.Kind.SENT).exclude(unproved_in="")
    unproved = list(events.select_for_update().order_by("pk"))
    rate_limits.note_proved((bytes(event.network or b""), event.unproved_in, event.at) for event in unproved)
    PhoneEvent.objects.filter(pk__in=[event.pk for event in unproved]).update(unproved_in="")


def _events_counted(phone: str, account: int | None, known: bool, apart: bool) -> Q:
    if apart:
        return Q(phone=phone, account_id=account or 0, known=known)
    network = Q() if known else Q(network=_network())
    return _of_number(phone, account) & Q(known=known) & network


def _of_number(phone: str, account: int | None) -> Q:
    # Same query for a number without an account, against timing attacks: no account has the id 0.
    return Q(phone=phone) | Q(account_id=account or 0)


def _network() -> bytes | None:
    who = origin.current()
    return who.network if who else None


def _wait(which: Q, limit: tuple[timedelta, int], now: datetime) -> timedelta | None:
    """Time until one more is allowed in the sliding window; None when it is allowed now."""
    window, most = limit
    last = PhoneEvent.objects.filter(which, at__gt=now - window).order_by("-at")
    times = list(last.values_list("at", flat=True)[:most])
    return times[-1] + window - now if len(times) == most else None

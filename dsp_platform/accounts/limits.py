"""How many codes may be sent and how many may be wrong, per phone and per account.

Counted in the database while the turn of both is held, so parallel requests cannot pass a limit together.
The account counts too, so that a change of phone does not begin them anew; the minute between two messages
is the phone's own, because a change asks one code of the old phone and then one of the new.
"""

from datetime import datetime, timedelta

from django.db.models import Q

from dsp_platform import locks
from dsp_platform.accounts.errors import TooManySent, TooManyWrong
from dsp_platform.accounts.models import PhoneEvent, User

BETWEEN_TWO = (timedelta(seconds=60), 1)
SENT_LIMITS = ((timedelta(minutes=30), 4), (timedelta(days=1), 8))
WRONG_LIMIT = (timedelta(hours=1), 10)


def take_turn(*, phone: str, account: int | None) -> int | None:
    """Hold the turn of the phone and of its account until the transaction ends; returns the account.

    Without an account it is the phone's, if it has one. Both kinds of number are asked the same questions.
    """
    locks.lock("phone", phone)
    if account is None:
        account = User.objects.filter(phone=phone).values_list("pk", flat=True).first()
    locks.lock("codes of an account", str(account or phone))
    return account


def check_sent(*, phone: str, account: int | None, now: datetime) -> None:
    """Raises TooManySent."""
    limits = [(Q(phone=phone), BETWEEN_TWO), *((_either(phone, account), limit) for limit in SENT_LIMITS)]
    for whose, limit in limits:
        if wait := _wait(whose & Q(kind=PhoneEvent.Kind.SENT), limit, now):
            raise TooManySent(wait=wait)


def check_wrong(*, phone: str, account: int | None, now: datetime) -> None:
    """Raises TooManyWrong."""
    if wait := _wait(_either(phone, account) & Q(kind=PhoneEvent.Kind.WRONG), WRONG_LIMIT, now):
        raise TooManyWrong(wait=wait)


def _either(phone: str, account: int | None) -> Q:
    # The same query for a number nobody has: no account has the number 0.
    return Q(phone=phone) | Q(account_id=account or 0)


def _wait(which: Q, limit: tuple[timedelta, int], now: datetime) -> timedelta | None:
    """Until one more fits into the window; None when it fits now."""
    window, most = limit
    last = PhoneEvent.objects.filter(which, at__gt=now - window).order_by("-at")
    times = list(last.values_list("at", flat=True)[:most])
    return times[-1] + window - now if len(times) == most else None

"""Rate limits of messages and other actions, by the network and the account that cause them. See ADR 0014.

One statement counts when a message is written. A row counts one source (a network or an account) in one scope
(a purpose) and one fixed window. What a visitor may see of it (``limited_until``) depends on the network, the
account that is signed in and the browser, never on the number: every code of an unknown browser counts in the
scope that is shown, whether its number has an account or not.
"""

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import F, Q
from django.utils import timezone

from dsp_platform.notifications import budget
from dsp_platform.notifications.models import CODES, MessageKind, RateCounter, Tier, Window
from dsp_platform.web import origin
from dsp_platform.web.origin import Origin

logger = logging.getLogger(__name__)

# Unknown browsers confirm numbers for other purposes than signing in much less often: a twentieth is plenty.
SHARE = {MessageKind.CODE: 1, MessageKind.CONFIRM: 20}
# Of known browsers and accounts, so that one network leaves enough of the national budget to all others.
KNOWN_SHARE = {MessageKind.CODE: 1, MessageKind.CONFIRM: 2}
# An official registers forty people on a busy day, each with a few messages.
ACCOUNT = {Window.HOUR: 120, Window.DAY: 600}
# A fifth of the national budget. What is above is sent later.
OTHER_SHARE = 5
ALERT_EVERY = 200
RETENTION = timedelta(days=2)

CounterKey = tuple[bytes, str]

_COUNT = """
INSERT INTO notifications_ratecounter AS row (source, scope, "window", starts_at, count, unproved)
VALUES {values}
ON CONFLICT (source, scope, "window", starts_at)
DO UPDATE SET count = row.count + 1, unproved = row.unproved + EXCLUDED.unproved
RETURNING source, scope, "window", count, unproved
"""


def count(*, kind: str, tier: str, unproved: bool, now: datetime) -> datetime | None:
    """Count one message against the network and account of the request. Over a limit: returns until when.

    ``unproved``: a code for a number that this network has not been counted for yet. Must run inside the
    transaction that writes the message. All transactions lock the rows in the same order, against deadlocks.
    """
    who = origin.current()
    if who is None:
        return None
    ends = []
    counted = _add(_keys(who, kind, tier), who.network if unproved else None, now)
    for source, scope, window, number, open_numbers in counted:
        of_all_codes = source == who.network and scope == kind and kind in CODES
        if of_all_codes and window == Window.HOUR and number % ALERT_EVERY == 0:
            logger.warning("one network asked for %d codes (%s) within an hour", number, kind)
        if (source, scope) not in _limiting_keys(who, kind, tier):
            continue
        most = _limit_of(who, source, kind, scope, window)
        if number > most or (scope == kind and open_numbers > _limit_unproved(kind, window)):
            start = budget.start_of(window, now)
            span = budget.end_of(window, start) - start
            # Other messages are sent later, the limit in each window: nothing is lost, and nothing piles up.
            ends.append(start + span * (1 if kind in CODES else (number - 1) // most))
    return max(ends, default=None)


def count_act(*, scope: str, limits: Mapping[bytes, Mapping[str, int]], now: datetime) -> datetime | None:
    """Count one act, such as a report without an account, against each of these sources.

    Over a limit: returns until when. ``limits``: by source and window. Rolled back with the caller's
    transaction.
    """
    found = _add([(source, scope) for source in limits], None, now)
    ends = [
        budget.end_of(window, budget.start_of(window, now))
        for source, _scope, window, number, _open_numbers in found
        if number > limits[source][window]
    ]
    return max(ends, default=None)


def note_proved(numbers: Iterable[tuple[bytes, str, datetime]]) -> None:
    """Somebody confirmed a number that was counted as unproved: network, scope, when."""
    rows = [
        (network, scope, window.value, budget.start_of(window, at))
        for network, scope, at in numbers
        for window in Window
    ]
    for network, scope, window, start in sorted(rows):  # the lock order of ``_add``
        found = RateCounter.objects.filter(source=network, scope=scope, window=window, starts_at=start)
        found.update(unproved=F("unproved") - 1)


def limited_until(*, kind: str, tier: str, now: datetime) -> datetime | None:
    """For a page: until when this browser's network or account gets no code. Counts nothing."""
    who = origin.current()
    if who is None:
        return None
    keys = Q()
    for source, scope in _limiting_keys(who, kind, tier):
        keys |= Q(source=source, scope=scope)
    starts = Q(window=Window.HOUR, starts_at=budget.start_of(Window.HOUR, now)) | Q(
        window=Window.DAY, starts_at=budget.start_of(Window.DAY, now)
    )
    ends = [
        budget.end_of(row.window, row.starts_at)
        for row in RateCounter.objects.filter(keys, starts)
        if row.count > _limit_of(who, bytes(row.source), kind, row.scope, row.window)
        or (row.scope == kind and row.unproved > _limit_unproved(kind, row.window))
    ]
    return max(ends, default=None)


def purge() -> None:
    RateCounter.objects.filter(starts_at__lt=timezone.now() - RETENTION).delete()


def _keys(who: Origin, kind: str, tier: str) -> list[CounterKey]:
    """The counters of a message. An unknown browser adds the same rows for any number, so that they do not
    depend on whether it has an account."""
    keys = [(who.network, kind)] if kind not in CODES else []
    if kind in CODES:
        keys.append((who.network, f"{kind}.{tier}"))
        if tier != Tier.KNOWN:
            keys.append((who.network, kind))
    if who.account:
        keys.append((who.account, kind))
    return keys


def _limiting_keys(who: Origin, kind: str, tier: str) -> list[CounterKey]:
    """Which of these counters limit it: for unknown browsers the one in which all of them are counted."""
    own = kind if kind not in CODES or tier == Tier.OPEN else f"{kind}.{tier}"
    return [(who.network, own), *([(who.account, kind)] if who.account else [])]


def _add(
    keys: list[CounterKey], unproved: bytes | None, now: datetime
) -> list[tuple[bytes, str, str, int, int]]:
    """``unproved``: the network that asked for a number it has not been counted for yet."""
    rows = sorted(
        (source, scope, window, budget.start_of(window, now), int(source == unproved))
        for source, scope in keys
        for window in (Window.DAY.value, Window.HOUR.value)
    )
    values = ", ".join(["(%s, %s, %s, %s, 1, %s)"] * len(rows))
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.format(values=values), [value for row in rows for value in row])
        return [(bytes(row[0]), *row[1:]) for row in cursor.fetchall()]


def _limit_of(who: Origin, source: bytes, kind: str, scope: str, window: str) -> int:
    if source == who.account:
        return ACCOUNT[Window(window)]
    if kind not in CODES:
        return max(budget.limit(kind, window) // OTHER_SHARE, 1)
    return most_codes(kind, scope.partition(".")[2] or Tier.OPEN, window)


def most_codes(kind: str, tier: str, window: str) -> int:
    """Of one network."""
    most = int(settings.SMS_NETWORK_CODES[window])
    if tier == Tier.KNOWN:
        return most // KNOWN_SHARE[MessageKind(kind)]
    most //= SHARE[MessageKind(kind)]
    # For numbers with an account half as many on top; no page shows it, so it does not reveal which they are.
    return most // 2 if tier == Tier.ACCOUNT else most


def _limit_unproved(kind: str, window: str) -> int:
    if kind not in CODES:
        return 0
    return settings.SMS_NETWORK_UNPROVED[window] // SHARE[MessageKind(kind)]

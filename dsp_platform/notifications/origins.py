"""Rate limits of messages, and of other acts, by the network and the account that cause them. See ADR 0014.

Counted by one statement when a message is written. A row counts one spender (a network or an account) in one
lane (a purpose) and one fixed window. What a visitor may see of it (``waits_until``) depends on the network,
the account that is signed in and the browser, never on the number: every code of an unknown browser counts in
the lane that is shown, whether its number has an account or not.
"""

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import F, Q

from dsp_platform.notifications import budget
from dsp_platform.notifications.models import CODES, Caused, Kind, Tier, Window
from dsp_platform.web import origin
from dsp_platform.web.origin import Origin

logger = logging.getLogger(__name__)

# Unknown browsers confirm numbers for other purposes than signing in much less often: a twentieth is plenty.
SHARE = {Kind.CODE: 1, Kind.CONFIRM: 20}
# Of known browsers and accounts, so that one network leaves enough of the national budget to all others.
KNOWN_SHARE = {Kind.CODE: 1, Kind.CONFIRM: 2}
# An official registers forty people on a busy day, each with a few messages.
ACCOUNT = {Window.HOUR: 120, Window.DAY: 600}
# A fifth of the national budget. What is above is sent later.
OTHER_SHARE = 5
ALERT_EVERY = 200
KEPT = timedelta(days=2)

Lane = tuple[bytes, str]

_COUNT = """
INSERT INTO notifications_caused AS row (spender, lane, "window", starts_at, count, unproved)
VALUES {values}
ON CONFLICT (spender, lane, "window", starts_at)
DO UPDATE SET count = row.count + 1, unproved = row.unproved + EXCLUDED.unproved
RETURNING spender, lane, "window", count, unproved
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
    counted = _add(_lanes(who, kind, tier), who.network if unproved else None, now)
    for spender, lane, window, number, open_numbers in counted:
        of_all_codes = spender == who.network and lane == kind and kind in CODES
        if of_all_codes and window == Window.HOUR and number % ALERT_EVERY == 0:
            logger.warning("one network asked for %d codes (%s) within an hour", number, kind)
        if (spender, lane) not in _binding(who, kind, tier):
            continue
        most = _most(who, spender, kind, lane, window)
        if number > most or (lane == kind and open_numbers > _most_unproved(kind, window)):
            start = budget.start_of(window, now)
            span = budget.end_of(window, start) - start
            # Other messages are sent later, the limit in each window: nothing is lost, and nothing piles up.
            ends.append(start + span * (1 if kind in CODES else (number - 1) // most))
    return max(ends, default=None)


def spend(*, lane: str, limits: Mapping[bytes, Mapping[str, int]], now: datetime) -> datetime | None:
    """Count one act, as a report without an account, against each of these spenders. Over a limit: returns
    until when. ``limits``: by spender and window. Rolled back with the caller's transaction.
    """
    found = _add([(spender, lane) for spender in limits], None, now)
    ends = [
        budget.end_of(window, budget.start_of(window, now))
        for spender, _lane, window, number, _open_numbers in found
        if number > limits[spender][window]
    ]
    return max(ends, default=None)


def note_proved(numbers: Iterable[tuple[bytes, str, datetime]]) -> None:
    """Somebody confirmed a number that was counted as unproved: network, lane, when."""
    rows = [
        (network, lane, window.value, budget.start_of(window, at))
        for network, lane, at in numbers
        for window in Window
    ]
    for network, lane, window, start in sorted(rows):  # the lock order of ``_add``
        found = Caused.objects.filter(spender=network, lane=lane, window=window, starts_at=start)
        found.update(unproved=F("unproved") - 1)


def waits_until(*, kind: str, tier: str, now: datetime) -> datetime | None:
    """For a page: until when this browser's network or account gets no code. Counts nothing."""
    who = origin.current()
    if who is None:
        return None
    lanes = Q()
    for spender, lane in _binding(who, kind, tier):
        lanes |= Q(spender=spender, lane=lane)
    starts = Q(window=Window.HOUR, starts_at=budget.start_of(Window.HOUR, now)) | Q(
        window=Window.DAY, starts_at=budget.start_of(Window.DAY, now)
    )
    ends = [
        budget.end_of(row.window, row.starts_at)
        for row in Caused.objects.filter(lanes, starts)
        if row.count > _most(who, bytes(row.spender), kind, row.lane, row.window)
        or (row.lane == kind and row.unproved > _most_unproved(kind, row.window))
    ]
    return max(ends, default=None)


def forget(now: datetime) -> None:
    Caused.objects.filter(starts_at__lt=now - KEPT).delete()


def _lanes(who: Origin, kind: str, tier: str) -> list[Lane]:
    """Where it is counted. An unknown browser adds the same rows whether the number has an account or not."""
    lanes = [(who.network, kind)] if kind not in CODES else []
    if kind in CODES:
        lanes.append((who.network, f"{kind}.{tier}"))
        if tier != Tier.KNOWN:
            lanes.append((who.network, kind))
    if who.account:
        lanes.append((who.account, kind))
    return lanes


def _binding(who: Origin, kind: str, tier: str) -> list[Lane]:
    """Which of the lanes limit it: for unknown browsers the one in which all of them are counted."""
    own = kind if kind not in CODES or tier == Tier.OPEN else f"{kind}.{tier}"
    return [(who.network, own), *([(who.account, kind)] if who.account else [])]


def _add(lanes: list[Lane], unproved: bytes | None, now: datetime) -> list[tuple[bytes, str, str, int, int]]:
    """``unproved``: the network that asked for a number it has not been counted for yet."""
    rows = sorted(
        (spender, lane, window, budget.start_of(window, now), int(spender == unproved))
        for spender, lane in lanes
        for window in (Window.DAY.value, Window.HOUR.value)
    )
    values = ", ".join(["(%s, %s, %s, %s, 1, %s)"] * len(rows))
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.format(values=values), [value for row in rows for value in row])
        return [(bytes(row[0]), *row[1:]) for row in cursor.fetchall()]


def _most(who: Origin, spender: bytes, kind: str, lane: str, window: str) -> int:
    if spender == who.account:
        return ACCOUNT[Window(window)]
    if kind not in CODES:
        return max(budget.limit(kind, window) // OTHER_SHARE, 1)
    return most_codes(kind, lane.partition(".")[2] or Tier.OPEN, window)


def most_codes(kind: str, tier: str, window: str) -> int:
    """Of one network."""
    most = int(settings.SMS_NETWORK_CODES[window])
    if tier == Tier.KNOWN:
        return most // KNOWN_SHARE[Kind(kind)]
    most //= SHARE[Kind(kind)]
    # For numbers with an account half as many on top; no page shows it, so it does not reveal which they are.
    return most // 2 if tier == Tier.ACCOUNT else most


def _most_unproved(kind: str, window: str) -> int:
    if kind not in CODES:
        return 0
    return settings.SMS_NETWORK_UNPROVED[window] // SHARE[Kind(kind)]

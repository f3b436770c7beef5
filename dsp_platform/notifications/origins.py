"""How many messages one network, and one account, may cause, and how many of any other act. See ADR 0014.

Counted where a message is written, by one statement and never from the messages themselves. A row is one
spender, lane and window of the clock. What a visitor may see of it (``waits_until``) depends on the network,
the account that is signed in and the browser, never on the number: every code of a browser that is not known
counts in the lane that is shown, whether its number has an account or not.
"""

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import F, Q

from dsp_platform import origin
from dsp_platform.notifications import budget
from dsp_platform.notifications.models import CODES, Caused, Kind, Tier, Window
from dsp_platform.origin import Origin

logger = logging.getLogger(__name__)

# Strangers confirm a number for another purpose than to sign in much less often: a twentieth is plenty.
SHARE = {Kind.CODE: 1, Kind.CONFIRM: 20}
# Of known browsers and accounts: one network leaves the strangers of all others their part of the nation's.
KNOWN_SHARE = {Kind.CODE: 1, Kind.CONFIRM: 2}
# An official registers forty people on a busy day, each with a few messages.
ACCOUNT = {Window.HOUR: 120, Window.DAY: 600}
# A fifth of the nation's. What is above leaves later.
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
    """Count one message against whoever causes it; or until when none more leaves for them.

    ``unproved``: a code for a number that this network has not been counted for yet. Must run inside the
    transaction that writes the message; every transaction takes the rows in the same order.
    """
    who = origin.current()
    if who is None:
        return None
    ends = []
    counted = _add(_lanes(who, kind, tier), who.network if unproved else None, now)
    for spender, lane, window, number, open_numbers in counted:
        if spender == who.network and lane == kind:
            _alert(kind, window, number)
        if (spender, lane) not in _binding(who, kind, tier):
            continue
        most = _most(who, spender, kind, lane, window)
        if number > most or (lane == kind and open_numbers > _most_unproved(kind, window)):
            start = budget.start_of(window, now)
            span = budget.end_of(window, start) - start
            # What is no code leaves later, so much of it in each hour: nothing is lost, and nothing piles up.
            ends.append(start + span * (1 if kind in CODES else (number - 1) // most))
    return max(ends, default=None)


def spend(*, lane: str, limits: Mapping[bytes, Mapping[str, int]], now: datetime) -> datetime | None:
    """Count one act of each of these spenders, as a report without an account; or until when one of them has
    no room for it. ``limits``: by spender and window. Undone with the transaction of the caller.
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
    for network, lane, window, start in sorted(rows):  # in the order of ``_add``
        found = Caused.objects.filter(spender=network, lane=lane, window=window, starts_at=start)
        found.update(unproved=F("unproved") - 1)


def waits_until(*, kind: str, tier: str, now: datetime) -> datetime | None:
    """For a page: until when this browser's network or account gets no code any more. Counts nothing."""
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
    """Where it is counted. For a browser that is not known the number adds no row: both kinds have one."""
    lanes = [(who.network, kind)] if kind not in CODES else []
    if kind in CODES:
        lanes.append((who.network, f"{kind}.{tier}"))
        if tier != Tier.KNOWN:
            lanes.append((who.network, kind))
    if who.account:
        lanes.append((who.account, kind))
    return lanes


def _binding(who: Origin, kind: str, tier: str) -> list[Lane]:
    """Which of the lanes can stop it: strangers have the one that all unknown browsers are counted in."""
    own = kind if kind not in CODES or tier == Tier.OPEN else f"{kind}.{tier}"
    return [(who.network, own), *([(who.account, kind)] if who.account else [])]


def _add(lanes: list[Lane], unproved: bytes | None, now: datetime) -> list[tuple[bytes, str, str, int, int]]:
    """``unproved`` is the spender who asked for a number that it has not been counted for yet."""
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
    # Whoever has a list of numbers with an account gets half as many on top, and no page shows it.
    return most // 2 if tier == Tier.ACCOUNT else most


def _most_unproved(kind: str, window: str) -> int:
    if kind not in CODES:
        return 0
    return settings.SMS_NETWORK_UNPROVED[window] // SHARE[Kind(kind)]


def _alert(kind: str, window: str, number: int) -> None:
    if kind in CODES and window == Window.HOUR and number % ALERT_EVERY == 0:
        logger.warning("one network asked for %d codes (%s) within an hour", number, kind)

"""How many messages may be sent in an hour and in a day: a fault or an attack must not spend all the money.

Each purpose (``MessageKind``) has a budget of its own, so that a flood of codes does not stop other messages.
When one is used up its messages stay due until the hour or day is over, or a steward allows more. Hours and
days are fixed windows by the clock: around their ends twice a limit may be sent.

Of the codes a reserve (``SMS_CODE_RESERVE``, percent) is not for unknown browsers: half of it is for numbers
with an account and known browsers, the other half for known browsers alone. See ADR 0014.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from dsp_platform.notifications.models import CODES, Budget, Tier, Window
from dsp_platform.web import shown

logger = logging.getLogger(__name__)


def limit(kind: str, window: str) -> int:
    return int(settings.SMS_BUDGET[kind, window])


def ceiling(row: Budget, tier: str) -> int:
    """The limit for messages of this tier; those of the other tiers count too."""
    whole = limit(row.kind, row.window) + row.extra
    reserve = whole * settings.SMS_CODE_RESERVE // 100 if row.kind in CODES else 0
    kept = {Tier.OPEN: reserve, Tier.ACCOUNT: reserve // 2}
    return whole - kept.get(Tier(tier), 0)


def start_of(window: str, now: datetime) -> datetime:
    local = timezone.localtime(now).replace(minute=0, second=0, microsecond=0)
    return local if window == Window.HOUR else local.replace(hour=0)


def end_of(window: str, start: datetime) -> datetime:
    return start + (timedelta(hours=1) if window == Window.HOUR else timedelta(days=1))


def take(kind: str, now: datetime, tier: str = Tier.OPEN) -> datetime | None:
    """Count one message. If the limit of its tier is reached, nothing is counted: returns when the window
    ends.

    Must run inside a transaction, which keeps the rows locked. It must be brief (``locks.limit_waits``),
    because every message of the kind waits for these locks.
    """
    rows = _rows(kind, now)
    for row in rows:
        if row.count >= ceiling(row, tier):
            _mark_used_up(row, now)
            return end_of(row.window, row.starts_at)
    Budget.objects.filter(pk__in=[row.pk for row in rows]).update(count=F("count") + 1)
    return None


def _rows(kind: str, now: datetime) -> list[Budget]:
    """Day and hour, always locked in the order of their keys; reset where their window is over."""
    found = {row.window: row for row in Budget.objects.select_for_update().filter(kind=kind).order_by("pk")}
    rows = []
    for window in (Window.DAY, Window.HOUR):
        start = start_of(window, now)
        row = found.get(window)
        if row is None:
            Budget.objects.get_or_create(kind=kind, window=window, defaults={"starts_at": start})
            row = Budget.objects.select_for_update().get(kind=kind, window=window)
        if row.starts_at != start:
            row.starts_at, row.count, row.extra = start, 0, 0
            row.stopped_at = row.open_stopped_at = None
            row.save(update_fields=["starts_at", "count", "extra", "stopped_at", "open_stopped_at"])
        rows.append(row)
    return rows


def _mark_used_up(row: Budget, now: datetime) -> None:
    """Log it once in each window; the admin shows it until the window ends."""
    if row.count < ceiling(row, Tier.KNOWN):
        if row.open_stopped_at is None:
            row.open_stopped_at = now
            row.save(update_fields=["open_stopped_at"])
            logger.error("only the reserve of %s per %s is left: strangers get none", row.kind, row.window)
    elif row.stopped_at is None:
        row.stopped_at = now
        row.save(update_fields=["stopped_at"])
        logger.error("text messages stopped: the budget of %s per %s is used up", row.kind, row.window)


def digest_of(row: Budget) -> str:
    """Of what stewards have allowed on top in this window, for the page that allows more."""
    return shown.digest_of(row.pk, row.starts_at.isoformat(), row.extra)


def stopped(now: datetime) -> list[Budget]:
    """The budgets that are used up now."""
    stopped_ones = Budget.objects.exclude(stopped_at=None)
    return [row for row in stopped_ones if is_used_up(row, Tier.KNOWN, now)]


def is_used_up(row: Budget, tier: str, now: datetime) -> bool:
    return row.starts_at == start_of(row.window, now) and row.count >= ceiling(row, tier)


def used_up_until(kind: str, tier: str, now: datetime) -> datetime | None:
    """For a page: until when no message of this purpose and tier is sent."""
    rows = [row for row in Budget.objects.filter(kind=kind) if is_used_up(row, tier, now)]
    return max((end_of(row.window, row.starts_at) for row in rows), default=None)

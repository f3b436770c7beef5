"""How many messages may leave in an hour and in a day: a fault or a flood must not empty the purse.

Codes and all other messages have budgets of their own, so that a flood of codes stops no decision. When one
is used up its messages stay due until the hour or day is over, or a steward allows more. Hours and days are
those of the clock: at worst twice a limit leaves around the turn.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from dsp_platform.notifications import texts
from dsp_platform.notifications.models import Budget

logger = logging.getLogger(__name__)

Kind, Window = Budget.Kind, Budget.Window


def kind_of(template: str) -> str:
    return Kind.CODE if texts.is_code(template) else Kind.OTHER


def limit(kind: str, window: str) -> int:
    return int(settings.SMS_BUDGET[kind, window])


def start_of(window: str, now: datetime) -> datetime:
    local = timezone.localtime(now).replace(minute=0, second=0, microsecond=0)
    return local if window == Window.HOUR else local.replace(hour=0)


def end_of(window: str, start: datetime) -> datetime:
    return start + (timedelta(hours=1) if window == Window.HOUR else timedelta(days=1))


def take(kind: str, now: datetime) -> datetime | None:
    """Count one message; or, where there is no room, until when nothing more leaves.

    Must run inside a transaction: the rows are held until it ends, so no two workers count the same place.
    """
    rows = _rows(kind, now)
    for row in rows:
        if row.count >= limit(kind, row.window) + row.extra:
            _stop(row, now)
            return end_of(row.window, row.starts_at)
    Budget.objects.filter(pk__in=[row.pk for row in rows]).update(count=F("count") + 1)
    return None


def _rows(kind: str, now: datetime) -> list[Budget]:
    """Hour and day, locked, always in this order; begun anew where their time is over."""
    found = {row.window: row for row in Budget.objects.select_for_update().filter(kind=kind).order_by("pk")}
    rows = []
    for window in (Window.DAY, Window.HOUR):
        start = start_of(window, now)
        row = found.get(window)
        if row is None:
            Budget.objects.get_or_create(kind=kind, window=window, defaults={"starts_at": start})
            row = Budget.objects.select_for_update().get(kind=kind, window=window)
        if row.starts_at != start:
            row.starts_at, row.count, row.extra, row.stopped_at = start, 0, 0, None
            row.save(update_fields=["starts_at", "count", "extra", "stopped_at"])
        rows.append(row)
    return rows


def _stop(row: Budget, now: datetime) -> None:
    if row.stopped_at is None:
        row.stopped_at = now
        row.save(update_fields=["stopped_at"])
        # Once for each hour or day; the admin shows it until then.
        logger.error("text messages stopped: the budget of %s per %s is used up", row.kind, row.window)


def stopped(now: datetime) -> list[Budget]:
    """What stops messages at this moment."""
    return [
        row
        for row in Budget.objects.exclude(stopped_at=None)
        if row.starts_at == start_of(row.window, now) and row.count >= limit(row.kind, row.window) + row.extra
    ]

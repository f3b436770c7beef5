"""What a person must be told of: looked for each minute, told once when it begins and once when it is over.

Told by a line in the log at ERROR, by the list of alerts in the admin, and by a webhook where one is set.
Codes and numbers only.
"""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from dsp_platform import locks
from dsp_platform.exchange.ledger import partitions
from dsp_platform.exchange.models import Incident, Operator
from dsp_platform.exchange.operations import overview
from dsp_platform.exchange.operations.overview import Standing
from dsp_platform.exchange.reports.services import UNREACHABLE
from dsp_platform.notifications.providers import alert_webhook

logger = logging.getLogger(__name__)
Code = Incident.Code

PAUSED_LONG = timedelta(days=1)
# An operator out of reach tries again by itself; after so many failures somebody should know.
MANY_FAILURES = 5
# Of one look: a receiver that is slow must not hold up the worker.
MOST_TOLD = 20


class Trouble(NamedTuple):
    code: str
    operator: str | None
    figure: int
    """Seconds of waiting, or how many, as the code has it."""
    reason: str = ""


def troubles(now: datetime) -> Iterator[Trouble]:
    standings = overview.standings()
    for operator in Operator.objects.filter(active=True):
        yield from _of(operator, standings[operator.pk], now)
    there = partitions.months()
    for month in (partitions.this_month(), partitions.this_month().plus(1)):
        if month not in there:
            yield Trouble(Code.PARTITION_MISSING, None, month.year * 100 + month.month)
            return


def _of(operator: Operator, standing: Standing, now: datetime) -> Iterator[Trouble]:
    if operator.paused_at:
        waiting = standing.due + standing.backlog
        if waiting and now - operator.paused_at > PAUSED_LONG:
            yield Trouble(Code.PAUSED_LONG, operator.pk, waiting)
    elif spoken := overview.speaks_since(operator, now):
        for code, since in (
            (Code.OLDEST_DUE, standing.oldest),
            # A long fill is no trouble while it moves.
            (Code.FILL_STANDS, _later(standing.oldest_backlog, operator.last_success_at)),
        ):
            waited = now - max(since, spoken) if since else timedelta()
            if waited > settings.EXCHANGE_ALERT_AFTER:
                yield Trouble(code, operator.pk, int(waited.total_seconds()), operator.last_error)
    if standing.held_lately >= settings.EXCHANGE_ALERT_HELD:
        yield Trouble(Code.HELD_GROWS, operator.pk, standing.held_lately)
    if operator.pull_error and (operator.pull_error not in UNREACHABLE or operator.failures >= MANY_FAILURES):
        yield Trouble(Code.PULL_FAILS, operator.pk, operator.failures, operator.pull_error)


def _later(since: datetime | None, moved: datetime | None) -> datetime | None:
    return max(since, moved) if since and moved else since


def look() -> None:
    """Open and end incidents, and tell of it."""
    with transaction.atomic():
        # Two looks at once would report everything twice.
        if not locks.try_lock(locks.LockName.ALERTS):
            return
        now = timezone.now()
        found = {(trouble.code, trouble.operator): trouble for trouble in troubles(now)}
        known = {(it.code, it.operator_id): it for it in Incident.objects.filter(ended_at=None)}
        for key, trouble in found.items():
            if key not in known:
                _begin(trouble, now)
        for key, incident in known.items():
            if key not in found:
                incident.ended_at = now
                incident.save(update_fields=["ended_at"])
                _log(incident)
    tell()


def _begin(trouble: Trouble, now: datetime) -> None:
    code, operator, figure, reason = trouble
    incident = Incident(code=code, operator_id=operator, figure=figure, reason=reason, started_at=now)
    incident.save(force_insert=True)
    _log(incident)


def _log(incident: Incident) -> None:
    logger.error(
        "alert %s %s operator=%s figure=%s reason=%s",
        incident.code, incident.state, incident.operator_id or "-", incident.figure, incident.reason or "-",
    )  # fmt: skip


def tell() -> None:
    """What the webhook has not taken yet. After the first that fails the rest waits for the next look."""
    if not settings.ALERT_WEBHOOK_URL:
        return
    untold = [*Incident.objects.filter(ended_at=None, told="").order_by("pk")[:MOST_TOLD]]
    untold += Incident.objects.filter(told="open", ended_at__isnull=False).order_by("pk")[:MOST_TOLD]
    for incident in untold[:MOST_TOLD]:
        message: dict[str, str | int] = {
            "alert": incident.code,
            "state": incident.state,
            "operator": incident.operator_id or "",
            "figure": incident.figure,
            "reason": incident.reason,
            "since": incident.started_at.isoformat(),
        }
        if not alert_webhook.post(settings.ALERT_WEBHOOK_URL, message):
            return
        Incident.objects.filter(pk=incident.pk).update(told=incident.state)

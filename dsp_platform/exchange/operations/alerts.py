"""Alerts: problems are checked for each minute and reported once when they begin and once when they end.

Reported in the log at ERROR, in the list of alerts in the admin, and by a webhook where one is set. Codes and
numbers only.
"""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from dsp_platform.database import locks
from dsp_platform.exchange.ledger import partitions
from dsp_platform.exchange.models import Incident, Operator
from dsp_platform.exchange.operations import overview
from dsp_platform.exchange.operations.overview import Workload
from dsp_platform.exchange.reports.services import UNREACHABLE
from dsp_platform.notifications.providers import alert_webhook

logger = logging.getLogger(__name__)
Code = Incident.Code

PAUSED_LONG = timedelta(days=1)
# An operator that cannot be reached is retried by itself; after so many failures it is an alert.
MANY_FAILURES = 5
# In one check, because a slow receiver must not block the worker.
MOST_POSTED = 20


class Problem(NamedTuple):
    code: str
    operator: str | None
    figure: int
    """Seconds of waiting, or how many, as the code has it."""
    reason: str = ""


def problems(now: datetime) -> Iterator[Problem]:
    workloads = overview.workloads()
    for operator in Operator.objects.filter(active=True):
        yield from _problems_of(operator, workloads[operator.pk], now)
    there = partitions.months()
    for month in (partitions.this_month(), partitions.this_month().plus(1)):
        if month not in there:
            yield Problem(Code.PARTITION_MISSING, None, month.year * 100 + month.month)
            return


def _problems_of(operator: Operator, workload: Workload, now: datetime) -> Iterator[Problem]:
    if operator.paused_at:
        waiting = workload.due + workload.backlog
        if waiting and now - operator.paused_at > PAUSED_LONG:
            yield Problem(Code.PAUSED_LONG, operator.pk, waiting)
    elif contactable := overview.contactable_since(operator, now):
        # A long first fill is no problem while it progresses.
        fill = workload.oldest_backlog
        if fill and operator.last_success_at:
            fill = max(fill, operator.last_success_at)
        for code, since in (
            (Code.OLDEST_DUE, workload.oldest),
            (Code.FILL_STALLED, fill),
        ):
            waited = now - max(since, contactable) if since else timedelta()
            if waited > settings.EXCHANGE_ALERT_AFTER:
                yield Problem(code, operator.pk, int(waited.total_seconds()), operator.last_error)
    if workload.held_lately >= settings.EXCHANGE_ALERT_HELD:
        yield Problem(Code.HELD_GROWS, operator.pk, workload.held_lately)
    if operator.pull_error and (operator.pull_error not in UNREACHABLE or operator.failures >= MANY_FAILURES):
        yield Problem(Code.PULL_FAILS, operator.pk, operator.failures, operator.pull_error)


def check() -> None:
    """Open and end incidents, and report them."""
    with transaction.atomic():
        # Two checks at once would report everything twice.
        if not locks.try_lock(locks.LockName.ALERTS):
            return
        now = timezone.now()
        found = {(problem.code, problem.operator): problem for problem in problems(now)}
        known = {(it.code, it.operator_id): it for it in Incident.objects.filter(ended_at=None)}
        for key, problem in found.items():
            if key not in known:
                incident = Incident(
                    code=problem.code,
                    operator_id=problem.operator,
                    figure=problem.figure,
                    reason=problem.reason,
                    started_at=now,
                )
                incident.save(force_insert=True)
                _log(incident)
        for key, incident in known.items():
            if key not in found:
                incident.ended_at = now
                incident.save(update_fields=["ended_at"])
                _log(incident)
    post_to_webhook()


def _log(incident: Incident) -> None:
    logger.error(
        "alert %s %s operator=%s figure=%s reason=%s",
        incident.code, incident.state, incident.operator_id or "-", incident.figure, incident.reason or "-",
    )  # fmt: skip


def post_to_webhook() -> None:
    """Whatever the webhook has not accepted yet. After a failure the rest waits for the next check."""
    if not settings.ALERT_WEBHOOK_URL:
        return
    unposted = [*Incident.objects.filter(ended_at=None, posted="").order_by("pk")[:MOST_POSTED]]
    unposted += Incident.objects.filter(posted="open", ended_at__isnull=False).order_by("pk")[:MOST_POSTED]
    for incident in unposted[:MOST_POSTED]:
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
        Incident.objects.filter(pk=incident.pk).update(posted=incident.state)

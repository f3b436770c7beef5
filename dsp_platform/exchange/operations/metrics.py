"""Metrics of the delivery for ``/metrics``."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count
from django.utils import timezone
from prometheus_client.core import Metric

from dsp_platform.exchange.models import Incident, Operator, StatusReport
from dsp_platform.exchange.operations import overview
from dsp_platform.monitoring.metrics import gauge


def collect() -> Iterable[Metric]:
    yield from _operators()
    held = gauge("dspp_exchange_held", "Deliveries held for a person.", "operator", "reason")
    for row in overview.held_by_reason():
        held.add_metric([row.operator, row.reason], row.rows)
    yield held
    reports = gauge("dspp_exchange_reports", "Reports of operators not handled yet.", "operator", "state")
    # One query for each state, because each has an index of its own.
    for state in (StatusReport.State.RECEIVED, StatusReport.State.HELD):
        found = StatusReport.objects.filter(state=state).order_by().values_list("operator")
        for operator, rows in found.annotate(rows=Count("pk")):
            reports.add_metric([operator, state], rows)
    yield reports
    alerts = gauge("dspp_exchange_alerts", "Open alerts.", "code", "operator")
    for code, operator in Incident.objects.filter(ended_at=None).values_list("code", "operator"):
        alerts.add_metric([code, operator or ""], 1)
    yield alerts


def _operators() -> Iterable[Metric]:
    now = timezone.now()
    due = gauge("dspp_exchange_due", "Deliveries due and not in flight.", "operator", "fill")
    in_flight = gauge("dspp_exchange_in_flight", "Deliveries claimed by a worker.", "operator")
    oldest = gauge("dspp_exchange_oldest_due_seconds", "How long the oldest waits.", "operator", "fill")
    rate = gauge("dspp_exchange_delivered_per_minute", "Over the last minutes.", "operator")
    failures = gauge("dspp_exchange_failures", "Failures in a row.", "operator")
    paused = gauge("dspp_exchange_paused", "Whether a steward paused it.", "operator")
    success = gauge("dspp_exchange_last_success_timestamp_seconds", "Last success.", "operator")
    compared = gauge("dspp_exchange_last_compared_timestamp_seconds", "Last comparison.", "operator")
    workloads = overview.workloads()
    for operator in Operator.objects.filter(active=True):
        code, workload = operator.pk, workloads[operator.pk]
        due.add_metric([code, "live"], workload.due)
        due.add_metric([code, "first"], workload.backlog)
        oldest.add_metric([code, "live"], _age(workload.oldest, now))
        oldest.add_metric([code, "first"], _age(workload.oldest_backlog, now))
        in_flight.add_metric([code], workload.in_flight)
        rate.add_metric([code], workload.per_minute)
        failures.add_metric([code], operator.failures)
        paused.add_metric([code], float(operator.paused_at is not None))
        for family, moment in ((success, operator.last_success_at), (compared, operator.reconciled_at)):
            if moment:
                family.add_metric([code], moment.timestamp())
    return due, in_flight, oldest, rate, failures, paused, success, compared


def _age(since: datetime | None, now: datetime) -> float:
    return (now - since).total_seconds() if since else 0.0

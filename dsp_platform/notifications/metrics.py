"""Figures of the text messages for ``/metrics``."""

from collections.abc import Iterable

from django.db.models import Count, Min
from django.utils import timezone
from prometheus_client.core import Metric

from dsp_platform.monitoring.metrics import gauge
from dsp_platform.notifications.models import Message


def collect() -> Iterable[Metric]:
    waiting = Message.objects.filter(state=Message.State.DUE).aggregate(
        rows=Count("pk"), oldest=Min("created_at")
    )
    due = gauge("dspp_texts_due", "Text messages to be sent.")
    due.add_metric([], waiting["rows"])
    oldest = gauge("dspp_texts_oldest_due_seconds", "How long the oldest waits.")
    since = waiting["oldest"]
    oldest.add_metric([], (timezone.now() - since).total_seconds() if since else 0.0)
    yield from (due, oldest)

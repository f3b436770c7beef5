"""Figures of long work for ``/metrics``."""

from collections.abc import Iterable

from django.db.models import Count
from prometheus_client.core import Metric

from dsp_platform.jobs.models import Job
from dsp_platform.monitoring.metrics import gauge


def collect() -> Iterable[Metric]:
    jobs = gauge("dspp_jobs", "Runs of long work.", "kind", "state")
    for kind, state, rows in Job.objects.order_by().values_list("kind", "state").annotate(rows=Count("pk")):
        jobs.add_metric([kind, state], rows)
    yield jobs

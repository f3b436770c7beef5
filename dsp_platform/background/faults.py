"""Parts of a regular task of which each runs, whatever becomes of the others."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from billiard.exceptions import SoftTimeLimitExceeded
from django.db import connection
from prometheus_client.core import CounterMetricFamily, Metric

from dsp_platform.background import workers

logger = logging.getLogger(__name__)


@contextmanager
def apart(part: str) -> Iterator[None]:
    """What is raised within ends there, is in the log and counts in ``/metrics``. Whatever is within opens
    its own transaction."""
    try:
        yield
    except SoftTimeLimitExceeded:
        raise
    except Exception:
        logger.exception("%s failed; the others go on", part)
        workers.count_fault(part)
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()


def collect() -> Iterable[Metric]:
    """For ``/metrics``."""
    found = CounterMetricFamily("dspp_faults", "Faults of one part of a regular task.", labels=["part"])
    for part, number in workers.faults().items():
        found.add_metric([part], number)
    yield found

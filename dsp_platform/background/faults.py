"""Parts of a regular task of which each runs, whatever becomes of the others."""

import logging
from collections.abc import Callable, Iterable, Iterator
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


def each_apart(part: str, keys: Iterable[int], act: Callable[[int], object], *, most: int) -> int:
    """Until ``most`` are done. Those that fail do not count, so that they keep no other from its turn,
    however many they are. Returns how many were done."""
    done = 0
    for key in keys:
        with apart(part):
            act(key)
            done += 1
        if done == most:
            break
    return done


def collect() -> Iterable[Metric]:
    """For ``/metrics``."""
    found = CounterMetricFamily("dspp_faults", "Faults of one part of a regular task.", labels=["part"])
    for part, number in workers.faults().items():
        found.add_metric([part], number)
    yield found

"""``/metrics`` for Prometheus: figures read from the database at each scrape.

There are no counters in processes, so every web worker gives the same figures. Each part of the platform has
a collector (``settings.METRICS_COLLECTORS``). Codes and numbers only.
"""

import logging
from collections.abc import Callable, Iterable

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.utils.module_loading import import_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

logger = logging.getLogger(__name__)

# Slower scrapes are cancelled, so that monitoring does not slow the platform down.
MOST_MILLISECONDS = 3000

Collect = Callable[[], Iterable[Metric]]


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """404 where no token is set; 401 without the right one."""
    if not settings.METRICS_TOKEN:
        raise Http404
    given = request.headers.get("Authorization", "")
    if not constant_time_compare(given, f"Bearer {settings.METRICS_TOKEN}"):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Parts())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class _Parts:
    def describe(self) -> Iterable[Metric]:
        return []

    def collect(self) -> Iterable[Metric]:
        read = gauge("dspp_collector_up", "Whether the figures of this part could be read.", "part")
        for name in settings.METRICS_COLLECTORS:
            found = _read(import_string(name))
            read.add_metric([name.split(".")[1]], float(found is not None))
            yield from found or []
        yield read


def _read(collect: Collect) -> list[Metric] | None:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {MOST_MILLISECONDS}")
            found = list(collect())
            cursor.execute("SET LOCAL statement_timeout = 0")
            return found
    except DatabaseError as error:
        logger.warning("metrics not read: %s", type(error).__name__)
        return None


def gauge(name: str, about: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, about, labels=labels)

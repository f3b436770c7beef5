"""Figures of likely doubles for ``/metrics``."""

from collections.abc import Iterable

from django.db.models import Count, Min
from django.utils import timezone
from prometheus_client.core import Metric

from dsp_platform.monitoring.metrics import gauge
from registry.models import AwaitingMatch, DuplicateCase


def collect() -> Iterable[Metric]:
    cases = gauge("dspp_duplicate_cases", "Open cases of likely doubles.", "state")
    oldest = gauge("dspp_duplicate_case_age_seconds", "Age of the oldest open case.")
    rows = DuplicateCase.objects.filter(state__in=DuplicateCase.OPEN_STATES).order_by()
    found = dict(rows.values_list("state").annotate(rows=Count("pk")))
    for state in DuplicateCase.OPEN_STATES:
        cases.add_metric([state], found.get(state, 0))
    oldest.add_metric([], _age(rows.aggregate(since=Min("found_at"))["since"]))
    waiting = gauge("dspp_persons_to_compare", "Persons that wait for being compared.")
    waiting.add_metric([], AwaitingMatch.objects.count())
    since = gauge("dspp_persons_to_compare_age_seconds", "How long the first of them has waited.")
    since.add_metric([], _age(AwaitingMatch.objects.aggregate(since=Min("since"))["since"]))
    return [cases, oldest, waiting, since]


def _age(since: object) -> float:
    return (timezone.now() - since).total_seconds() if since else 0.0  # type: ignore[operator]

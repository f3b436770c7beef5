"""Retention: what the exchange deletes when it is old."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import OperationalError, transaction
from django.utils import timezone

from dsp_platform.database import locks
from dsp_platform.exchange.ledger import partitions
from dsp_platform.exchange.models import Incident, StatusReport

logger = logging.getLogger(__name__)

PAGE = 5000
INCIDENTS = timedelta(days=366)
MONTH = timedelta(days=31)


def drop_old_attempts() -> None:
    """With a short lock timeout: writers queue behind a DROP that waits for its lock."""
    try:
        with transaction.atomic():
            locks.limit_lock_wait()
            for month in partitions.drop_old():
                logger.info("attempts of %s dropped", month.table)
    except OperationalError as error:
        logger.warning("old attempts not dropped now: %s", type(error).__name__)


def delete_old_incidents() -> None:
    Incident.objects.filter(ended_at__lt=timezone.now() - INCIDENTS).delete()


def kept_since() -> datetime:
    """Reports that arrived before have no values any more."""
    return timezone.now() - MONTH * settings.EXCHANGE_REPORT_MONTHS


def clear_all_old_values() -> None:
    while clear_old_values():
        pass


def clear_old_values() -> int:
    """An old report keeps its reference and its status; the values may describe the person. Those of a held
    one go too: after so long the operator is asked to report again.
    """
    rows, old = StatusReport.objects.exclude(values={}), kept_since()
    handled = rows.filter(state=StatusReport.State.HANDLED, handled_at__lt=old).order_by("handled_at")
    held = rows.filter(state=StatusReport.State.HELD, received_at__lt=old).order_by("pk")
    return sum(
        StatusReport.objects.filter(pk__in=page[:PAGE].values("pk")).update(values={})
        for page in (handled, held)
    )

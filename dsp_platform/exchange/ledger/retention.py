"""What the exchange does not keep for ever."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import OperationalError, transaction
from django.utils import timezone

from dsp_platform import locks
from dsp_platform.exchange.ledger import partitions
from dsp_platform.exchange.models import Incident, StatusReport

logger = logging.getLogger(__name__)

PAGE = 5000
INCIDENTS = timedelta(days=366)
MONTH = timedelta(days=31)


def tidy() -> None:
    """Each night. Every part is harmless to repeat, and what is missed is done the next night."""
    partitions.ensure()
    drop_old_attempts()
    while forget_old_values():
        pass
    Incident.objects.filter(ended_at__lt=timezone.now() - INCIDENTS).delete()


def drop_old_attempts() -> None:
    """A month is not waited for long: whoever wants to write behind us would wait too."""
    try:
        with transaction.atomic():
            locks.limit_lock_wait()
            for month in partitions.drop_old():
                logger.info("attempts of %s dropped", month.table)
    except OperationalError as error:
        logger.warning("old attempts not dropped tonight: %s", type(error).__name__)


def kept_since() -> datetime:
    """What came before has lost its values."""
    return timezone.now() - MONTH * settings.EXCHANGE_REPORT_MONTHS


def forget_old_values() -> int:
    """An old report is its number and its status; a note of the operator may speak of the person. Of one that
    is held too: whoever clears it up so late asks the operator to report it anew.
    """
    rows, old = StatusReport.objects.exclude(values={}), kept_since()
    handled = rows.filter(state=StatusReport.State.HANDLED, handled_at__lt=old).order_by("handled_at")
    held = rows.filter(state=StatusReport.State.HELD, received_at__lt=old).order_by("pk")
    return sum(
        StatusReport.objects.filter(pk__in=page[:PAGE].values("pk")).update(values={})
        for page in (handled, held)
    )

"""What the exchange does not keep for ever."""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from dsp_platform.exchange import partitions
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
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '3s'")
            for month in partitions.drop_old():
                logger.info("attempts of %s dropped", month.table)
    except OperationalError as error:
        logger.warning("old attempts not dropped tonight: %s", type(error).__name__)


def forget_old_values() -> int:
    """An old report is its number and its status; a note of the operator may speak of the person. Also of one
    that is held: who has not looked at it for so long asks the operator for it anew.
    """
    old = timezone.now() - MONTH * settings.EXCHANGE_REPORT_MONTHS
    handled = Q(state=StatusReport.State.HANDLED, handled_at__lt=old)
    held = Q(state=StatusReport.State.HELD, received_at__lt=old)
    page = StatusReport.objects.filter(handled | held).exclude(values={}).order_by("pk")[:PAGE]
    return StatusReport.objects.filter(pk__in=page.values("pk")).update(values={})

"""Deletes phone numbers from old messages, and messages that were refused."""

import time
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from dsp_platform.notifications import rate_limits
from dsp_platform.notifications.models import CODES, DemoMessage, Message
from dsp_platform.notifications.services import ORIGIN

AT_ONCE = 1000
MOST_REFUSED = 100_000  # of one run
LONGEST = 300.0  # seconds; the next run goes on


def forget_phones() -> int:
    """Blank the numbers of messages older than ``MESSAGE_PHONE_DAYS``, in batches. Returns of how many."""
    now, end = timezone.now(), time.monotonic() + LONGEST
    before = now - timedelta(days=settings.MESSAGE_PHONE_DAYS)
    DemoMessage.objects.filter(received_at__lt=before).delete()
    # Codes that were never sent, of networks over their limit: an attack must not fill the table.
    refused = Message.objects.filter(
        state=Message.State.FAILED, reason=ORIGIN, kind__in=CODES, created_at__lt=now - rate_limits.RETENTION
    )
    Message.objects.filter(pk__in=refused.order_by("created_at").values("pk")[:MOST_REFUSED]).delete()
    old = Message.objects.filter(created_at__lt=before).exclude(phone="").exclude(state=Message.State.DUE)
    numbers = old.order_by("created_at").values_list("pk", flat=True)
    forgotten = 0
    while time.monotonic() < end and (some := list(numbers[:AT_ONCE])):
        forgotten += Message.objects.filter(pk__in=some).update(phone="")
    return forgotten

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from dsp_platform.accounts.models import User
from dsp_platform.offline.models import OfflineItem

DEVICE_DAYS = 5
"""After so many days a device deletes what it could not send."""
RETENTION = timedelta(days=30)
"""Longer than anything can wait on a device: until then a key is known."""


def waiting_for(official: User) -> list[OfflineItem]:
    """What came from the official's devices and could not be applied, oldest first."""
    needed = OfflineItem.objects.filter(official=official, state=OfflineItem.State.NEEDS_YOU)
    return list(needed.order_by("received_at"))


def settle(*, official: User, item_id: UUID) -> bool:
    """The official has dealt with it: what was typed is deleted."""
    needed = OfflineItem.objects.filter(official=official, pk=item_id, state=OfflineItem.State.NEEDS_YOU)
    return bool(needed.update(state=OfflineItem.State.SETTLED, typed=None))


def purge() -> int:
    return OfflineItem.objects.filter(received_at__lt=timezone.now() - RETENTION).delete()[0]

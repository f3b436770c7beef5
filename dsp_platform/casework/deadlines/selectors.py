"""What is promised now, and whether it was kept."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q

from dsp_platform.casework.deadlines.models import TimedItem, WorkItemDeadline


def open_deadlines(item: TimedItem) -> Sequence[WorkItemDeadline]:
    """The next one first."""
    return list(item.deadlines.filter(ended_at=None).order_by("due_at", "pk"))


def promised(deadlines: type[WorkItemDeadline], due_for: Iterable[str]) -> Q:
    """Items to which one of these was promised until a day."""
    return Q(Exists(_of_item(deadlines, due_for)))


def kept(deadlines: type[WorkItemDeadline], due_for: Iterable[str], now: datetime) -> Q:
    """Those of them that were served in time: no day has passed on which the promise still stood, also where
    another one was promised after it, or a review began anew."""
    rows = _of_item(deadlines, due_for)
    broken = rows.filter(Q(ended_at__gt=F("due_at")) | Q(ended_at=None, due_at__lt=now))
    return Q(Exists(rows)) & ~Q(Exists(broken))


def _of_item(deadlines: type[WorkItemDeadline], due_for: Iterable[str]) -> Any:
    return deadlines.objects.filter(item=OuterRef("pk"), due_for__in=tuple(due_for))

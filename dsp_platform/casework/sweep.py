"""What becomes due without anybody acting: questions that were not answered, deadlines that have passed, and
days that a decree has moved. Idempotent: each item is looked at again under its lock."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from dsp_platform.audit import services as audit
from dsp_platform.background.faults import each_apart
from dsp_platform.casework.deadlines.models import TimedItem, WorkItemDeadline
from dsp_platform.casework.deadlines.services import settle
from dsp_platform.casework.workflow import Workflow
from dsp_platform.working_days.calendar import day_of, end_of, working_days
from dsp_platform.working_days.models import DecreedDay

AGAIN_AFTER = 3
"""Working days that each level has before the next one gets it."""
COMMITTED_WITHIN = timedelta(minutes=10)
"""Until a decree is committed, other processes still count without it."""
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Kind:
    items: type[TimedItem]
    deadlines: type[WorkItemDeadline]
    workflow: Workflow[Any]
    escalate: Callable[[Any], bool] | None

    def open_deadlines(self) -> Any:
        return self.deadlines._default_manager.filter(ended_at=None)

    def each(self, keys: Iterable[int], act: Callable[[Any], None]) -> int:
        """``act`` on each item, locked. One that fails keeps no other from its time."""

        def one(pk: int) -> None:
            with transaction.atomic():
                act(self.locked(pk))

        part = f"deadlines.{self.workflow.subject_kind}"
        return each_apart(part, dict.fromkeys(keys), one, most=AT_ONCE)

    def locked(self, pk: int) -> Any:
        return self.workflow.lock(self.items._default_manager.get(pk=pk))

    def settle(self, item: Any, now: datetime) -> None:
        if (timetable := self.workflow.timetable(item)) is not None:
            settle(item, timetable, now=now)


_kinds: list[Kind] = []


def keep_time(
    items: type[TimedItem],
    deadlines: type[WorkItemDeadline],
    workflow: Workflow[Any],
    escalate: Callable[[Any], bool] | None = None,
) -> None:
    """``escalate``, where there are levels: a deadline has passed, so give the item, which is locked, to the
    level above in the same transaction. Returns whether there may be a further level."""
    _kinds.append(Kind(items, deadlines, workflow, escalate))


def sweep(now: datetime | None = None) -> int:
    """How many items were changed. The rest of a large number is for the next time."""
    now = now or timezone.now()
    parts = (_settle_undated, _settle_due, _settle_decreed)
    return sum(part(kind, now) for kind in _kinds for part in parts)


def _settle_undated(kind: Kind, now: datetime) -> int:
    """Items from before there were deadlines."""
    rows = kind.items._default_manager.filter(due_at=None, state__in=kind.items.OPEN_STATES)
    keys = rows.order_by("pk").values_list("pk", flat=True)
    return kind.each(keys, lambda item: kind.settle(item, now))


def _settle_due(kind: Kind, now: datetime) -> int:
    due = kind.open_deadlines().filter(escalate_at__lte=now).order_by("escalate_at", "pk")
    return kind.each(due.values_list("item", flat=True), lambda item: _escalate_due(kind, item, now))


def _escalate_due(kind: Kind, item: Any, now: datetime) -> None:
    """Once for all that is late: an item goes up one level at a time."""
    kind.settle(item, now)
    late = list(item.deadlines.filter(ended_at=None, escalate_at__lte=now).order_by("due_at"))
    if not late:
        return
    further = kind.escalate is not None and kind.escalate(item)
    audit.record(
        actor=None,
        action="overdue",
        subject_kind=str(item._meta.model_name),
        subject_id=item.pk,
        reason=late[0].due_for,
    )
    again = end_of(working_days().after(day_of(now), AGAIN_AFTER)) if further else None
    open_late = item.deadlines.filter(ended_at=None, escalate_at__lte=now)
    open_late.update(escalate_at=again)


def _settle_decreed(kind: Kind, now: datetime) -> int:
    """Deadlines that were set before a decree, and run over its day."""
    over = Q(pk=None)
    for day, approved_at in DecreedDay.objects.values_list("day", "approved_at"):
        begins = end_of(day - timedelta(days=1))
        over |= Q(set_at__lte=approved_at + COMMITTED_WITHIN, since__lt=end_of(day), due_at__gt=begins)
    found = kind.open_deadlines().filter(over).filter(due_at__gt=now).order_by("pk")

    def settle_anew(item: Any) -> None:
        kind.settle(item, now)
        item.deadlines.filter(ended_at=None).update(set_at=now)

    return kind.each(found.values_list("item", flat=True), settle_anew)

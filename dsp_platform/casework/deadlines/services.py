"""The deadlines of an item, set anew after each of its steps."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from dsp_platform.casework.deadlines.clock import reminded
from dsp_platform.casework.deadlines.models import TimedItem, WorkItemDeadline
from dsp_platform.casework.deadlines.timetable import Running, Timetable
from dsp_platform.working_days.calendar import WorkingDays, working_days

How = WorkItemDeadline.How


def settle(item: TimedItem, timetable: Timetable, *, now: datetime | None = None) -> None:
    """The caller has locked the item, or just created it. Idempotent.

    ``due_at`` of the item is the next of its deadlines, and ``due_for`` says which.
    """
    now, days = now or timezone.now(), working_days()
    wanted = timetable.running(list(item.events.all()), item.OPEN_STATES, days, now)
    _save_rows(item, wanted, days, now)
    due_for, due_at = _next(wanted)
    if (item.due_for, item.due_at) != (due_for, due_at):
        item.due_for, item.due_at = due_for, due_at
        item.save(update_fields=["due_for", "due_at"])


def _next(wanted: Mapping[str, Running]) -> tuple[str, datetime | None]:
    running = [(one.due_at, name) for name, one in wanted.items() if one.due_at is not None]
    due_at, due_for = min(running, default=(None, ""))
    return due_for, due_at


def _save_rows(item: TimedItem, wanted: Mapping[str, Running], days: WorkingDays, now: datetime) -> None:
    rows: Any = item.deadlines
    kept = set()
    for row in rows.filter(ended_at=None):
        one = wanted.get(row.due_for)
        if one == Running(row.since, row.due_at):
            kept.add(row.due_for)
            continue
        row.ended_at, row.how = now, How.DONE
        if one is not None:
            row.how = How.MOVED if one.due_at else How.PAUSED
        row.save(update_fields=["ended_at", "how"])
    new = [
        rows.model(
            item=item,
            due_for=name,
            since=one.since,
            due_at=one.due_at,
            set_at=now,
            remind_at=reminded(one.since, one.due_at, days),
            escalate_at=one.due_at,
        )
        for name, one in wanted.items()
        if one.due_at is not None and name not in kept
    ]
    rows.model.objects.bulk_create(new)

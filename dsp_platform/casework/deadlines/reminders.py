"""What is due soon: whoever works on it is reminded before the deadline, on every list that shows it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar, cast

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from dsp_platform.casework.deadlines.models import TimedItem
from dsp_platform.casework.deadlines.timetable import DueFor
from dsp_platform.casework.models import WorkItem
from dsp_platform.working_days.calendar import day_of, end_of, working_days

Item = TypeVar("Item", bound=WorkItem)


def due_soon(rows: QuerySet[Item]) -> QuerySet[Item]:
    """Of open items in the order of ``oldest_due_first``. Not what waits for the answer of the person."""
    if not issubclass(rows.model, TimedItem):
        return rows.none()
    now = timezone.now()
    # No reminder begins before the last working day: the index of the queue is read no further.
    latest = end_of(working_days().after(day_of(now), 1))
    reminding = _reminding(rows.model, now).filter(item=OuterRef("pk"), due_for=OuterRef("due_for"))
    near = rows.filter(queue_at__gte=now, queue_at__lte=latest, due_at__gte=now)
    return near.filter(Exists(reminding))


def with_due_soon(rows: QuerySet[Item]) -> QuerySet[Item]:
    """Annotates ``is_due_soon``, as ``due_soon_among``."""
    if not issubclass(rows.model, TimedItem):
        return rows
    reminding = _reminding(rows.model, timezone.now()).filter(
        item=OuterRef("pk"), due_for=OuterRef("due_for")
    )
    # Not by EXISTS, for which PostgreSQL would read every reminder once and keep them.
    reminded = Subquery(reminding.annotate(is_due_soon=Value(True)).values("is_due_soon")[:1])
    is_open = Q(state__in=rows.model.OPEN_STATES)
    is_soon = Case(When(is_open, then=Coalesce(reminded, Value(False))), default=Value(False))
    return cast("QuerySet[Item]", rows.annotate(is_due_soon=is_soon))


def due_soon_among(items: Sequence[WorkItem]) -> set[int]:
    """Keys of those of a list. One statement."""
    timed = {one.pk: one.due_for for one in items if isinstance(one, TimedItem) and one.is_open}
    if not timed:
        return set()
    rows = _reminding(type(items[0]), timezone.now()).filter(item__in=timed)
    return {pk for pk, due_for in rows.values_list("item", "due_for") if timed[pk] == due_for}


def _reminding(model: Any, now: datetime) -> QuerySet[Any]:
    deadlines = model._meta.get_field("deadlines").related_model
    rows = deadlines._default_manager.filter(ended_at=None, remind_at__lte=now, due_at__gte=now)
    return rows.exclude(due_for=DueFor.PERSON)

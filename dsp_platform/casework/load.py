"""Who has how much of a work queue, and what waits for whom: for the supervisor who shares out the work.

Of people it tells what they have to do now, never what they did.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from dsp_platform.accounts.models import User
from dsp_platform.casework.assignment import colleagues_of
from dsp_platform.casework.models import WorkItem


@dataclass(frozen=True, slots=True)
class Load:
    colleague: User
    open: int
    late: int
    oldest_due: datetime | None


def load_of(queue: QuerySet[Any], supervisor: User) -> Sequence[Load]:
    """Of the office of the supervisor, whoever has most first. An item that is closed has no assignee: what
    is read are the open ones that somebody has."""
    staff = list(colleagues_of(supervisor, and_self=True))
    model: type[WorkItem] = queue.model
    held = queue.filter(assignee__in=staff, state__in=model.OPEN_STATES).order_by().values("assignee")
    counted = held.annotate(
        open=Count("pk"),
        late=Count("pk", filter=Q(due_at__lt=timezone.now())),
        oldest_due=Min("due_at"),
    )
    found = {one["assignee"]: one for one in counted}
    loads = [_load(one, found.get(one.pk)) for one in staff]
    return sorted(loads, key=lambda one: (-one.open, one.colleague.staff_name))


def _load(colleague: User, counted: dict[str, Any] | None) -> Load:
    if counted is None:
        return Load(colleague, 0, 0, None)
    return Load(colleague, counted["open"], counted["late"], counted["oldest_due"])

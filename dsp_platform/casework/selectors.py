"""The order of a work queue, served by the indexes of ``casework.models``."""

from typing import TypeVar, cast

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from dsp_platform.casework.models import WorkItem

Item = TypeVar("Item", bound=WorkItem)


def oldest_due_first(rows: QuerySet[Item]) -> QuerySet[Item]:
    """Of open items: by the deadline, those without one by the time at which they came. Annotates
    ``queue_at`` with that time."""
    shown = rows.annotate(queue_at=Coalesce("due_at", rows.model.SINCE))
    return cast("QuerySet[Item]", shown.order_by("queue_at", "id"))


def latest_closed_first(rows: QuerySet[Item]) -> QuerySet[Item]:
    """Annotates ``ended_at`` with the time at which an item was closed, as far as that is known."""
    ended = rows.model.ENDED
    shown = rows.annotate(ended_at=F(ended) if isinstance(ended, str) else ended)
    return cast("QuerySet[Item]", shown.order_by("-ended_at", "-id"))

from typing import TypeVar

from django.db.models import QuerySet

from dsp_platform.casework.models import WorkItem, closed_last

Item = TypeVar("Item", bound=WorkItem)


def open_first(rows: QuerySet[Item], since: str) -> QuerySet[Item]:
    """The order of a work queue: open items before closed ones, the oldest by ``since`` first.
    ``queue_index`` serves it."""
    return rows.order_by(closed_last(rows.model.OPEN_STATES), since, "pk")

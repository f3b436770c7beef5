from typing import TypeVar

from django.db.models import Case, IntegerField, QuerySet, Value, When

from dsp_platform.casework.models import WorkItem

Item = TypeVar("Item", bound=WorkItem)


def open_first(rows: QuerySet[Item], since: str) -> QuerySet[Item]:
    """The order of a work queue: open items before closed ones, the oldest by ``since`` first."""
    is_open = When(state__in=rows.model.OPEN_STATES, then=Value(0))
    return rows.order_by(Case(is_open, default=Value(1), output_field=IntegerField()), since, "pk")

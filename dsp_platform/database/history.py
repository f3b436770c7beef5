"""History kept by the database itself: every insert, update and delete of a tracked row."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

import pghistory
from django.db import models

Model = TypeVar("Model", bound=type[models.Model])


def tracked(model: Model) -> Model:
    """Class decorator. Who and why stand in the event's context (``pghistory.context``)."""
    return tracked_as("events")(model)


def tracked_as(related_name: str, *, exclude: Sequence[str] = ()) -> Callable[[Model], Model]:
    """``tracked``, where ``events`` of the model is another relation, or a field follows from others."""
    return pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        obj_field=pghistory.ObjForeignKey(related_name=related_name),
        exclude=list(exclude) or None,
    )


def history_of(model: type[models.Model]) -> models.QuerySet[Any]:
    """All events of a ``tracked`` model; ``pgh_obj`` is the row that each is about."""
    rows: models.QuerySet[Any] = cast(Any, model).events.rel.related_model.objects.all()
    return rows

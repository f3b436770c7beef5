"""History kept by the database itself: every insert, update and delete of a tracked row."""

from collections.abc import Callable
from typing import TypeVar

import pghistory
from django.db import models

Model = TypeVar("Model", bound=type[models.Model])


def tracked(model: Model) -> Model:
    """Class decorator. Who and why stand in the event's context (``pghistory.context``)."""
    return tracked_as("events")(model)


def tracked_as(related_name: str) -> Callable[[Model], Model]:
    """``tracked``, where ``events`` of the model is another relation."""
    return pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        obj_field=pghistory.ObjForeignKey(related_name=related_name),
    )

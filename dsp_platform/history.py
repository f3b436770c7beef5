"""History kept by the database itself: every insert, update and delete of a tracked row."""

from typing import TypeVar

import pghistory
from django.db import models

Model = TypeVar("Model", bound=type[models.Model])


def tracked(model: Model) -> Model:
    """Class decorator. Who and why stand in the event's context (``pghistory.context``)."""
    return pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())(model)

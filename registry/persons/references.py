"""Which tables tell something of persons, households or enrolments."""

from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import ForeignKey, Model


@cache
def tables_about(subject: type[Model]) -> tuple[tuple[str, str], ...]:
    """Table and column of every reference to it, of all domains; not of their histories."""
    return tuple(
        (model._meta.db_table, field.column)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and getattr(model, "pgh_tracked_model", None) is None
        for field in model._meta.local_fields
        if isinstance(field, ForeignKey) and issubclass(_target(field), subject)
    )


def _target(field: Any) -> type[Model]:
    target: type[Model] = field.related_model
    return target

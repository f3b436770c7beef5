"""Which tables tell something of persons."""

from functools import cache

from django.apps import apps
from django.db.models import ForeignKey

from registry.models import Person


@cache
def tables_about_persons() -> tuple[tuple[str, str], ...]:
    """Table and column of every reference to a person, of all domains; not of their histories."""
    return tuple(
        (model._meta.db_table, field.column)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and getattr(model, "pgh_tracked_model", None) is None
        for field in model._meta.local_fields
        if isinstance(field, ForeignKey) and issubclass(field.related_model, Person)
    )

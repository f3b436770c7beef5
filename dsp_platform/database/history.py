"""History kept by the database itself: every insert, update and delete of a tracked row.

One trigger per statement, not per row, writes the events: docs/adr/0023-history-in-bulk.md.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

import pghistory
import pgtrigger
from django.db import models

Model = TypeVar("Model", bound=type[models.Model])
WRITE = (
    'INSERT INTO "{events}" ({columns}, pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id)'
    " SELECT {columns}, \"{key}\", '{label}', now(), (SELECT _pgh_attach_context()) FROM ({rows}) AS rows;"
    " RETURN NULL;"
)


def tracked(model: Model) -> Model:
    """Class decorator. Who and why stand in the event's context (``pghistory.context``)."""
    return tracked_as("events")(model)


def tracked_as(
    related_name: str = "events", *, exclude: Sequence[str] = (), found_by: Sequence[str] = ()
) -> Callable[[Model], Model]:
    """``tracked``, where ``events`` of the model is another relation, or a field follows from others.

    Events are found by the row that they are about; ``found_by`` are the foreign keys by which they are
    searched for as well. No other column of theirs has an index, which each change would have to pay for.
    """
    return pghistory.track(
        _Written(pgtrigger.Insert, "TABLE new_rows", new="new_rows"),
        # Not a join of the old rows with the new ones: it is planned when the first statement of a session
        # runs, and what suits one row takes hours with many. It would also lose a row whose key changes.
        _Written(
            pgtrigger.Update, "SELECT {columns} FROM new_rows EXCEPT SELECT {columns} FROM old_rows",
            old="old_rows", new="new_rows",
        ),
        _Written(pgtrigger.Delete, "TABLE old_rows", old="old_rows"),
        obj_field=pghistory.ObjForeignKey(related_name=related_name, db_index=True),
        context_field=pghistory.ContextForeignKey(db_index=True),
        exclude=list(exclude) or None,
        attrs={"pgh_id": models.BigAutoField(primary_key=True)},
        meta={"indexes": [models.Index(fields=[field]) for field in found_by]},
    )  # fmt: skip


def history_of(model: type[models.Model]) -> models.QuerySet[Any]:
    """All events of a ``tracked`` model; ``pgh_obj`` is the row that each is about."""
    rows: models.QuerySet[Any] = cast(Any, model).events.rel.related_model.objects.all()
    return rows


class _Written(pghistory.Tracker):
    """An event for each of ``rows``, all with one context, which is stored only where there is an event."""

    def __init__(self, operation: pgtrigger.Operation, rows: str, **referencing: str) -> None:
        super().__init__(str(operation).lower())
        self._operation, self._rows = operation, rows
        self._referencing = pgtrigger.Referencing(**referencing)

    def setup(self, event_model: Any) -> None:
        model = event_model.pgh_tracked_model
        own = {field.name for field in model._meta.concrete_fields}
        columns = ", ".join(f'"{field.column}"' for field in event_model._meta.fields if field.name in own)
        write = WRITE.format(
            events=event_model._meta.db_table,
            columns=columns,
            key=model._meta.pk.column,
            label=self.label,
            rows=self._rows.format(columns=columns),
        )
        trigger = pgtrigger.Trigger(
            name=f"history_{self.label}",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=self._operation,
            referencing=self._referencing,
            func=write,
        )
        pgtrigger.register(trigger)(model)

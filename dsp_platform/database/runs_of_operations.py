"""Migrations applied in a third of the time.

Django computes the models anew after each operation, with all that are related to them: for a table, an index
or a trigger of forty related tables, forty times. What stands in a row and does not depend on what stands
before it in that row needs it once.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations import (
    AddConstraint,
    AddField,
    AddIndex,
    AlterField,
    CreateModel,
    RemoveConstraint,
    RemoveIndex,
)
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger, RemoveTrigger

CREATED, CHANGED = "created", "changed"
ADDED = (AddField, AddIndex, AddConstraint, AddTrigger)
"""To tables that exist. None of them is changed by another that follows it."""
REPLACED = (AlterField, RemoveConstraint, RemoveIndex, RemoveTrigger)
"""They read how it was before, so what they replace must not come from the same row."""


class Together(Operation):
    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = operations

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.__dict__.pop("apps", None)  # the models as computed; then no operation computes them anew
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)


class Executor(MigrationExecutor):
    def apply_migration(
        self, state: ProjectState, migration: Migration, fake: bool = False, fake_initial: bool = False
    ) -> ProjectState:
        each = migration.operations
        if not fake_initial:  # which looks for tables in each of them
            migration.operations = [Together(run) if len(run) > 1 else run[0] for run in runs(each)]  # type: ignore[misc]  # the instance has a list of its own
        try:
            return super().apply_migration(state, migration, fake, fake_initial)
        finally:
            migration.operations = each  # type: ignore[misc]


def runs(operations: Sequence[Operation]) -> Iterator[list[Operation]]:
    """Of those that may be done together; any other stands alone."""
    run: list[Operation] = []
    touched: set[str] = set()
    before = ""
    for operation in operations:
        kind = _kind(operation)
        if run and (not kind or kind != before or (_replaces(operation) and _touched(operation) in touched)):
            yield run
            run, touched = [], set()
        run.append(operation)
        touched.add(_touched(operation))
        before = kind
    if run:
        yield run


def _kind(operation: Operation) -> str:
    """None for the subclasses, which PostgreSQL does outside of transactions."""
    if type(operation) is CreateModel:
        return CREATED
    return CHANGED if type(operation) in (*ADDED, *REPLACED) else ""


def _replaces(operation: Operation) -> bool:
    return type(operation) in REPLACED


def _touched(operation: Any) -> str:
    """Without its model: two fields of one name cost a row more."""
    named = next(
        (getattr(operation, part) for part in ("index", "constraint", "trigger") if hasattr(operation, part)),
        operation,
    )
    return getattr(named, "name", "")

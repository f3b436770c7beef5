"""A migration that creates many tables, applied in a third of the time.

Django computes the models anew after each operation, with all that are related to them: for a table, an index
or a trigger of forty related tables, forty times. What stands in a row and does not depend on what follows
needs it once.
"""

from collections.abc import Sequence
from itertools import groupby

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import Migration
from django.db.migrations.operations import AddConstraint, AddField, AddIndex, CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger

ADDED = (AddField, AddIndex, AddConstraint, AddTrigger)
"""To tables that exist. None of them is changed by one that follows it."""


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


class FirstMigration(Migration):
    def apply(
        self, project_state: ProjectState, schema_editor: BaseDatabaseSchemaEditor, collect_sql: bool = False
    ) -> ProjectState:
        each = self.operations
        self.operations = [  # type: ignore[misc]  # the instance has a list of its own
            operation
            for kind, run in groupby(each, key=_kind)
            for operation in ([Together(list(run))] if kind else run)
        ]
        try:
            return super().apply(project_state, schema_editor, collect_sql)
        finally:
            self.operations = each  # type: ignore[misc]


def _kind(operation: Operation) -> str:
    if isinstance(operation, CreateModel):
        return "created"
    return "added" if isinstance(operation, ADDED) else ""

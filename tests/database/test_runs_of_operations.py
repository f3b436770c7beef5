"""Operations that are done together do what Django's do one by one, and compute the models once for each row
of them.
"""

import pytest
from django.core.management.commands import migrate
from django.db import connection, migrations, models
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState, StateApps

from dsp_platform.database.runs_of_operations import Executor, runs
from tests.roles import as_owner

HOUSE = ("id", models.AutoField(primary_key=True)), ("number", models.CharField(max_length=9))
CREATED = [
    migrations.CreateModel("House", HOUSE, options={"indexes": [models.Index("number", name="by_number")]}),
    migrations.CreateModel(
        "Room",
        [
            ("id", models.AutoField(primary_key=True)),
            ("house", models.ForeignKey("first.house", models.CASCADE)),
        ],
    ),
]
CHANGED = [
    migrations.AddField("House", "best", models.ForeignKey("first.room", models.CASCADE, null=True)),
    migrations.AddIndex("House", models.Index(fields=["best"], name="house_best")),
    migrations.RemoveIndex("House", "by_number"),
    migrations.AlterField("House", "number", models.CharField(max_length=12, null=True)),
    migrations.AddConstraint("Room", models.UniqueConstraint(fields=["house"], name="room_once")),
]
# Each replaces what came with the ones before.
REPLACED = [
    migrations.AlterField("House", "best", models.ForeignKey("first.room", models.PROTECT)),
    migrations.RemoveIndex("House", "house_best"),
    migrations.RemoveConstraint("Room", "room_once"),
]
COMMENT = [migrations.RunSQL("COMMENT ON TABLE first_room IS 'a room'", migrations.RunSQL.noop)]
AGAIN = [migrations.AlterField("House", "number", models.CharField(max_length=15, null=True))]


def applied(kind: type[MigrationExecutor], monkeypatch) -> tuple[ProjectState, list[str], int]:
    """The state, the SQL and how often the models were computed."""
    operations = [*CREATED, *CHANGED, *REPLACED, *COMMENT, *AGAIN]
    migration = type("Migration", (Migration,), {"operations": operations})("0001_initial", "first")
    computed, said = [], []
    render, editor = StateApps.render_multiple, connection.SchemaEditorClass
    monkeypatch.setattr(StateApps, "render_multiple", lambda *given: computed.append(1) or render(*given))

    class Listening(editor):
        def execute(self, sql, params=()):
            said.append(str(sql))
            super().execute(sql, params)

    monkeypatch.setattr(connection, "SchemaEditorClass", Listening)
    with as_owner():
        executor = kind(connection)
        state = executor.apply_migration(ProjectState(), migration)
        renders = len(computed)
        executor.unapply_migration(ProjectState(), migration)
    monkeypatch.undo()
    assert migration.operations == operations
    return state, said, renders


@pytest.mark.django_db
def test_they_do_the_same_in_fewer_steps(monkeypatch):
    state, statements, renders = applied(Executor, monkeypatch)
    as_django, statements_of_django, renders_of_django = applied(MigrationExecutor, monkeypatch)
    assert state == as_django
    assert sorted(statements) == sorted(statements_of_django)
    assert renders < renders_of_django / 2


def test_what_was_added_a_moment_ago_is_replaced_in_a_row_of_its_own():
    operations: list[Operation] = [*CREATED, *CHANGED, *REPLACED, *COMMENT, *AGAIN]
    assert list(runs(operations)) == [CREATED, CHANGED, REPLACED, COMMENT, AGAIN]


def test_the_platform_migrates_by_it():
    assert migrate.MigrationExecutor is Executor

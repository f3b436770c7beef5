"""A migration that creates many tables does what Django's does, and computes the models once for each run."""

from unittest import mock

import pytest
from django.db import connection, migrations, models
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState, StateApps

from dsp_platform.database.first_migration import FirstMigration
from tests.roles import as_owner

OPERATIONS = [
    migrations.CreateModel("House", [("id", models.AutoField(primary_key=True))]),
    migrations.CreateModel(
        "Room",
        [
            ("id", models.AutoField(primary_key=True)),
            ("house", models.ForeignKey("first.house", models.CASCADE)),
        ],
    ),
    migrations.AddField("House", "best", models.ForeignKey("first.room", models.CASCADE, null=True)),
    migrations.AddIndex("House", models.Index(fields=["best"], name="house_best")),
    migrations.AddConstraint("Room", models.UniqueConstraint(fields=["house"], name="room_once")),
    migrations.RunSQL("COMMENT ON TABLE first_room IS 'a room'"),
]


def applied(kind: type[Migration]) -> tuple[ProjectState, list[str], int]:
    """The state, the SQL and how often the models were computed."""
    migration = type("Migration", (kind,), {"operations": OPERATIONS})("0001_initial", "first")
    computed = mock.patch.object(
        StateApps, "render_multiple", autospec=True, side_effect=StateApps.render_multiple
    )
    with as_owner(), computed as renders, connection.schema_editor(collect_sql=True, atomic=False) as editor:
        state = migration.apply(ProjectState(), editor, collect_sql=True)
    assert migration.operations == OPERATIONS
    return state, [line for line in editor.collected_sql if not line.startswith("--")], renders.call_count


@pytest.mark.django_db
def test_it_does_the_same_in_fewer_steps():
    state, statements, renders = applied(FirstMigration)
    as_django, statements_of_django, renders_of_django = applied(Migration)
    assert state == as_django
    assert sorted(statements) == sorted(statements_of_django)
    assert renders < renders_of_django / 2


def test_whoever_creates_many_tables_uses_it():
    found = MigrationLoader(None).disk_migrations.values()
    ours = [
        one
        for one in found
        if type(one).__module__.startswith(("dsp_platform", "registry", "applications", "grievances"))
    ]
    slow = [str(one) for one in ours if len(one.operations) > 10 and not isinstance(one, FirstMigration)]
    assert ours
    assert not slow

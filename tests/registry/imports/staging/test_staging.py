"""The rows of a file, prepared in two processes, and counted."""

from functools import partial

from django.db import connection

from registry.imports.staging import staging
from registry.models import StagedRow
from tests.registry.imports.conftest import FAMILY, compared, many


def test_the_second_process_goes_on_while_rows_are_written_and_each_row_is_staged_once(
    source, steward, monkeypatch
):
    happened = []

    class Beside:
        is_ready = True

        def __init__(self, prepare):
            self.prepare = prepare

        def begin(self, rows):
            happened.append("begun")
            return partial(self.done, rows)

        def done(self, rows):
            happened.append(len(rows))
            return self.prepare(rows)

        def close(self):
            pass

    monkeypatch.setattr(staging, "BATCH", 4)
    monkeypatch.setattr(staging, "WORTH_A_PROCESS", 1)
    monkeypatch.setattr(staging, "SecondProcess", Beside)
    compared(source, many(6), steward)
    assert happened == ["begun", "begun", 2, "begun", 2, 2]
    assert list(StagedRow.objects.order_by("number").values_list("number", flat=True)) == [*range(2, 14)]


def test_the_staged_rows_are_counted_for_those_who_look_some_up(source, steward):
    run = compared(source, FAMILY, steward)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT most_common_vals::text FROM pg_stats"
            " WHERE tablename = 'registry_stagedrow' AND attname = 'run_id'"
        )
        assert cursor.fetchall() == [(f"{{{run.pk}}}",)]

"""The rows of a file, prepared in two processes, and counted."""

from functools import partial
from types import SimpleNamespace

import pytest
from django.db import connection

from registry.imports.staging import staging
from registry.models import StagedRow
from tests.registry.imports.conftest import FAMILY, compared, many, row, sophea


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


def test_who_was_refused_before_speaks_against_nobody_of_their_household(source, steward, monkeypatch):
    """By that row she is as old as her son."""
    monkeypatch.setattr(staging, "BATCH", 1)
    wrong = sophea("9", born="2000-05-06", village="99999999")
    run = compared(source, [wrong, row("2")], steward)
    assert run.outcomes == {"refused": 1, "new": 1}


@pytest.mark.parametrize(("expected", "shown"), [(None, None), (9, 9), (5, 7)])
def test_no_fewer_rows_are_expected_than_were_read(expected, shown):
    reader = staging._Reader(7, SimpleNamespace(expected=expected), None, None)
    assert reader.expected == shown


def test_the_staged_rows_are_counted_for_those_who_look_some_up(source, steward):
    run = compared(source, FAMILY, steward)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT most_common_vals::text FROM pg_stats"
            " WHERE tablename = 'registry_stagedrow' AND attname = 'run_id'"
        )
        assert cursor.fetchall() == [(f"{{{run.pk}}}",)]

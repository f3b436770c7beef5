"""The rows of a file, prepared in two processes, and counted."""

from contextlib import contextmanager
from functools import partial
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from django.utils import translation

from dsp_platform.exchange.adapters import table_rows
from dsp_platform.exchange.adapters.base import OperatorUnavailable
from registry.imports.mapping.problems import mapping_of
from registry.imports.runs import services
from registry.imports.runs.preview import reason_in_words
from registry.imports.staging import staging
from registry.models import ImportSource, StagedRow
from tests.registry.imports.conftest import FAMILY, MAPPING, compared, many, row, sophea, work
from tests.roles import as_owner


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


@pytest.fixture
def of_table(source, steward, monkeypatch):
    """A run of a source that is a table, whose rows come in another order each time they are asked for."""
    with as_owner():
        ImportSource.objects.update(mapping={**MAPPING, "table": ["household"]})
    names = mapping_of({**MAPPING, "table": ["household"]}).column_names
    asked = []

    @contextmanager
    def opened(code, table, columns):
        asked.append((code, table))
        people = many(3)[:: -1 if len(asked) > 1 else 1]
        yield iter([[str(one.get(name, "")) for name in names] for one in people])

    monkeypatch.setattr(table_rows, "open_table", opened)
    monkeypatch.setattr(staging, "BATCH", 2)
    source.refresh_from_db()
    return services.take_table(source=source, actor=steward), asked


def staged_by_steps(run, between=lambda: None):
    cursor = None
    while True:
        with transaction.atomic():
            cursor = staging.stage_step({"run": run.pk}, cursor).cursor
        if cursor is None:
            return sorted(StagedRow.objects.filter(run=run).values_list("reference", flat=True))
        between()


def test_of_a_table_each_row_is_staged_once_though_each_step_begins_anew(of_table):
    run, asked = of_table
    assert staged_by_steps(run, lambda: staging.close(run.pk)) == sorted(one["reference"] for one in many(3))
    assert asked == [("idpoor", ["household"])]


def test_the_copy_of_a_table_is_deleted_when_it_was_read(of_table, folder):
    run, _asked = of_table
    work(run)
    run.refresh_from_db()
    assert (run.rows, run.file, [*folder.iterdir()]) == (6, None, [])


def test_what_stewards_approve_names_what_stood_in_the_table(of_table, steward):
    run, _asked = of_table
    work(run)
    run.refresh_from_db()
    assert len(run.digest) == 64
    assert services.propose(run=run, actor=steward).before["digest"] == run.digest


@pytest.mark.parametrize(
    ("raised", "code"), [(OperatorUnavailable("no_connection"), "database"), (OSError(28, "full"), "no_room")]
)
def test_a_table_that_cannot_be_copied_is_said(of_table, monkeypatch, folder, raised, code):
    run, _asked = of_table

    @contextmanager
    def broken(*_args):
        def rows():
            yield ["1"]
            raise raised

        yield rows()

    monkeypatch.setattr(table_rows, "open_table", broken)
    work(run)
    run.refresh_from_db()
    assert (run.state, run.reason["code"], [*folder.iterdir()]) == ("refused", code, [])
    assert {reason_in(language, run) for language in ("km", "en")} > {reason_in("en", run)}


def reason_in(language, run):
    with translation.override(language):
        return reason_in_words(run.reason)

"""``manage.py import_people``: the whole way on the command line, by two stewards."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from registry.models import Person
from tests.registry.imports.runs.conftest import FAMILY, file_of, row


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "households.csv"
    path.write_bytes(file_of(FAMILY))
    return str(path)


def run(*arguments, **options):
    out = io.StringIO()
    call_command("import_people", *arguments, stdout=out, **options)
    return out.getvalue()


def test_a_file_comes_in_when_another_steward_approves_it(source, file, second_steward):
    found = json.loads(run(file, "--source", source.code, "--approve-as", second_steward.username, "--json"))
    assert (found["state"], found["outcomes"], Person.objects.count()) == ("applied", {"new": 3}, 3)


def test_without_one_it_waits(source, file):
    assert "waits for a second steward" in run(file, "--source", source.code)
    assert Person.objects.count() == 0


def test_who_brings_it_does_not_approve_it(source, file, steward):
    with pytest.raises(CommandError, match="It takes two"):
        run(file, "--source", source.code, "--approve-as", steward.username)


def test_progress_says_how_many_rows_a_second(source, file, second_steward):
    assert "rows/s" in run(file, "--source", source.code, "--approve-as", second_steward.username)


def test_an_unknown_source_is_said(file, db):
    with pytest.raises(CommandError, match="no source"):
        run(file, "--source", "unknown")


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_refused_rows_are_written_to_a_file_of_their_own(source, tmp_path, ending):
    file, refused = tmp_path / "households.csv", tmp_path / f"refused.{ending}"
    file.write_bytes(file_of([*FAMILY, row("9", born="31/02/2001")]))
    run(str(file), "--source", source.code, "--refused", str(refused))
    assert refused.stat().st_size > 100
    assert refused.stat().st_mode & 0o077 == 0


def test_a_file_that_stands_there_is_not_overwritten(source, tmp_path):
    file, refused = tmp_path / "households.csv", tmp_path / "refused.csv"
    file.write_bytes(file_of([*FAMILY, row("9", born="31/02/2001")]))
    refused.write_text("mine")
    with pytest.raises(CommandError, match="refused.csv"):
        run(str(file), "--source", source.code, "--refused", str(refused))
    assert refused.read_text() == "mine"

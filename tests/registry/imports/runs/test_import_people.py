"""``manage.py import_people``: the whole way on the command line, by two stewards."""

import io
import json
import os
import signal

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from dsp_platform.accounts.models import User
from registry.imports.runs import progress
from registry.imports.runs.preview import reason_in_words
from registry.management.commands import import_people
from registry.models import ImportRun, Person
from tests.registry.imports.conftest import FAMILY, file_of, row


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


def error_of(*arguments):
    """What is said, as JSON and in words."""
    out = io.StringIO()
    with pytest.raises(CommandError) as refused:
        call_command("import_people", *arguments, "--json", stdout=out)
    assert refused.value.returncode == 1
    found = json.loads(out.getvalue())
    assert found["error"] == str(refused.value)
    return found


def does_not_answer(*_arguments, **_options):
    raise OperationalError("connection refused")


def interrupted(*_arguments, **_options):
    os.kill(os.getpid(), signal.SIGTERM)


def test_without_a_database_one_line_says_so(source, file, monkeypatch):
    monkeypatch.setattr(import_people.services, "upload", does_not_answer)
    found = error_of(file, "--source", source.code)
    assert found == {
        "error": "The database does not answer. Nothing was begun: run it again.",
        "run": None,
    }


def test_a_database_that_stays_away_is_given_up_and_it_is_said_how_to_go_on(source, file, monkeypatch):
    monkeypatch.setattr(progress, "PATIENCE_SECONDS", 0)
    monkeypatch.setattr(progress, "PAUSE_SECONDS", 0)
    monkeypatch.setattr(progress.jobs, "run_job", does_not_answer)
    found = error_of(file, "--source", source.code)
    assert found["error"].endswith(f"import_people --resume {found['run']}")


def test_a_database_that_is_restarted_is_waited_for(source, file, monkeypatch):
    monkeypatch.setattr(progress, "PAUSE_SECONDS", 0)
    works, calls = progress.jobs.run_job, []

    def restarted(*arguments, **options):
        calls.append(arguments)
        return does_not_answer() if len(calls) == 1 else works(*arguments, **options)

    monkeypatch.setattr(progress.jobs, "run_job", restarted)
    assert "waits for a second steward" in run(file, "--source", source.code)


def test_what_was_killed_says_how_to_go_on_and_goes_on(source, file, second_steward, monkeypatch):
    before = signal.getsignal(signal.SIGTERM)
    with monkeypatch.context() as killed:
        killed.setattr(progress.jobs, "run_job", interrupted)
        found = error_of(file, "--source", source.code)
    assert "interrupted" in found["error"]
    assert signal.getsignal(signal.SIGTERM) == before
    options = ["--resume", str(found["run"]), "--approve-as", second_steward.username, "--json"]
    assert json.loads(run(*options))["state"] == "applied"
    assert (ImportRun.objects.count(), Person.objects.count()) == (1, 3)


def test_one_that_waits_for_its_second_steward_is_approved(source, file, second_steward):
    run(file, "--source", source.code)
    only = str(ImportRun.objects.get().pk)
    run("--resume", only, "--approve-as", second_steward.username)
    assert Person.objects.count() == 3


def test_whoever_brought_it_and_left_since_does_not_go_on_with_it(source, file, steward, second_steward):
    run(file, "--source", source.code)
    User.objects.filter(pk=steward.pk).update(is_active=False)
    resumed = ["--resume", str(ImportRun.objects.get().pk)]
    assert "--as" in error_of(*resumed)["error"]
    assert "waits for a second steward" in run(*resumed, "--as", second_steward.username)


def test_a_broken_file_is_an_error(source, tmp_path):
    file = tmp_path / "households.xlsx"
    file.write_bytes(b"%PDF-1.7 ...")
    found = error_of(str(file), "--source", source.code)
    assert found["error"] == reason_in_words(ImportRun.objects.get().reason)


@pytest.mark.parametrize("arguments", [["--resume", "0"], ["--source", "unknown"], []])
def test_what_is_not_there_is_an_error(db, arguments):
    assert error_of(*arguments)["run"] is None

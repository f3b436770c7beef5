"""What came out of a file goes, in whatever state its import was left, and never while the import may still
be written or undone."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone, translation

from dsp_platform.approval import services as approval
from dsp_platform.approval.errors import Decided
from dsp_platform.background.retention import rules
from dsp_platform.jobs.models import Job
from registry.imports.runs import jobs, services
from registry.imports.runs.retention import ENDED, FORGOTTEN, KEPT, purge
from registry.models import ImportRun, Person, StagedPair, StagedRow
from tests.registry.imports.conftest import FAMILY, compared, row, sophea, upload

State = ImportRun.State
DAY = timedelta(days=1)


def left(run, state, ago, approver):
    """As a run whose last step was so long ago."""
    Job.objects.update(created_at=timezone.now() - ago, heartbeat_at=None)
    written = state not in ("reading", "matching", "stopped", "ready", "nothing", "refused", "given_up")
    ImportRun.objects.filter(pk=run.pk).update(
        state=state, uploaded_at=timezone.now() - ago, approved_by=approver if written else None
    )
    return run


def rows_left(run):
    return StagedRow.objects.filter(run=run).count() + StagedPair.objects.filter(run=run).count()


@pytest.mark.parametrize("state", State.values)
def test_in_every_state_its_rows_go_in_the_end(source, steward, second_steward, state):
    run = left(compared(source, FAMILY, steward), state, FORGOTTEN + DAY, second_steward)
    StagedPair.objects.create(run=run, number=3, other=2)
    purge()
    assert rows_left(run) == 0


@pytest.mark.parametrize("state", State.values)
def test_before_its_time_they_stay(source, steward, second_steward, state):
    kept = KEPT if state in ENDED else FORGOTTEN
    run = left(compared(source, FAMILY, steward), state, kept - DAY, second_steward)
    purge()
    assert rows_left(run) == 3


def test_the_file_of_one_whose_reading_broke_down_goes_too(source, steward, second_steward, folder):
    run = left(upload(source, FAMILY, steward), "reading", FORGOTTEN + DAY, second_steward)
    purge()
    run.refresh_from_db()
    assert (list(folder.iterdir()), run.file, run.state) == ([], None, "given_up")


def test_one_that_was_not_undone_stays_written(source, steward, second_steward):
    run = left(compared(source, FAMILY, steward), "undoing", FORGOTTEN + DAY, second_steward)
    purge()
    run.refresh_from_db()
    assert run.state == "applied"


def test_one_that_was_written_in_part_says_so_and_is_not_written_on(source, steward, second_steward):
    run = left(compared(source, FAMILY, steward), "applying", FORGOTTEN + DAY, second_steward)
    purge()
    run.refresh_from_db()
    assert run.state == "broken"
    jobs._applied(run)
    run.refresh_from_db()
    assert run.state == "broken"


def test_what_was_written_lately_is_counted_from_then(source, steward, second_steward):
    run = left(compared(source, FAMILY, steward), "applied", FORGOTTEN, second_steward)
    ImportRun.objects.filter(pk=run.pk).update(applied_at=F("uploaded_at") + FORGOTTEN - DAY)
    purge()
    assert rows_left(run) == 3


def test_headings_and_the_name_of_the_file_go_with_the_rows(source, steward, second_steward):
    run = compared(source, [sophea(), row("2", sex="សុភា")], steward)
    assert run.columns
    assert "សុភា" in str(run.findings)
    left(run, "given_up", KEPT + DAY, second_steward)
    purge()
    run.refresh_from_db()
    assert (run.file_name, run.columns, run.notes) == ("", [], [])
    assert [finding[0] for finding in run.findings] == ["sex_unknown"]
    assert "សុភា" not in str(run.findings)
    assert run.outcomes == {"new": 1, "refused": 1}


def test_the_table_of_retention_tells_both_periods():
    (rule,) = [rule for rule in rules() if rule.code == "staged-rows"]
    with translation.override("en"):
        assert f"{KEPT.days} days" in rule.how_long
        assert f"{FORGOTTEN.days} days" in rule.how_long


def test_what_nobody_approved_is_given_up_first_with_its_proposal(source, steward, second_steward):
    run = compared(source, FAMILY, steward)
    proposal = services.propose(run=run, actor=steward)
    left(run, "ready", FORGOTTEN + DAY, second_steward)
    purge()
    run.refresh_from_db()
    assert (run.state, StagedRow.objects.count()) == ("given_up", 0)
    with pytest.raises(Decided):
        approval.approve(proposal=proposal, actor=second_steward, digest=proposal.digest)
    assert not Person.objects.exists()

"""An import is compared first, stops where it looks wrong, and takes two stewards."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation

from dsp_platform.approval import services as approval
from dsp_platform.approval.errors import Decided, NobodyCanApprove, SamePerson
from dsp_platform.audit.models import AuditEvent
from dsp_platform.jobs.labels import problem
from dsp_platform.jobs.models import Job
from dsp_platform.jobs.services import run_job
from dsp_platform.khmer.dates import PartialDate
from registry.imports.errors import FileRefused, NoReason, NotNow, SourceNotInForce
from registry.imports.runs import services
from registry.imports.runs.approvals import ImportKind
from registry.imports.runs.preview import reason_in_words
from registry.imports.staging import staging
from registry.imports.writing import applying
from registry.models import ImportSource, Person
from registry.registration.services import register_household
from tests.registry.cast import household_details, person_details
from tests.registry.imports.conftest import FAMILY, approve, compared, file_of, row, sophea, upload, work
from tests.roles import as_owner


def test_nothing_is_written_before_it_is_approved(source, steward):
    run = compared(source, FAMILY, steward)
    assert (run.state, run.outcomes, Person.objects.count()) == ("ready", {"new": 3}, 0)


def test_the_file_is_kept_encrypted_and_only_until_it_is_read(source, steward, folder):
    run = upload(source, FAMILY, steward)
    (file,) = folder.iterdir()
    assert "សុភា".encode() not in file.read_bytes()
    work(run)
    assert list(folder.iterdir()) == []


@as_owner()
def strict(source):
    source.trust = {**source.trust, "stop_above": 30}
    ImportSource.objects.filter(pk=source.pk).update(trust=source.trust)
    return source


def test_with_too_many_refusals_it_stops_until_a_steward_says_why_it_goes_on(source, steward):
    run = compared(strict(source), [sophea(), row("2", born="31/02/2001")], steward)
    assert (run.state, run.reason["code"]) == ("stopped", "too_many_refused")
    assert "50%" in reason_in_words(run.reason)
    with pytest.raises(NotNow):
        services.propose(run=run, actor=steward)
    services.go_on(run=run, actor=steward, reason="one typing error")
    run.refresh_from_db()
    assert run.state == "ready"
    assert AuditEvent.objects.get(action="continue_import").reason == "one typing error"


def test_whoever_approves_it_reads_why_it_was_stopped_and_why_it_went_on(source, steward, second_steward):
    run = compared(strict(source), [sophea(), row("2", born="31/02/2001")], steward)
    services.go_on(run=run, actor=steward, reason="one typing error")
    proposal = services.propose(run=run, actor=steward)
    shown = [line.after for line in ImportKind().difference(proposal)]
    assert reason_in_words(run.reason) in shown
    assert "one typing error" in shown


def test_a_proposal_keeps_no_name_of_a_file(source, steward, second_steward):
    run = compared(source, FAMILY, steward)
    proposal = services.propose(run=run, actor=steward)
    assert run.file_name not in str(proposal.before)
    with translation.override("en"):
        assert ImportKind().name(proposal) == f"Import {run.pk} from IDPoor households"


def test_it_does_not_go_on_without_a_reason(source, steward):
    run = compared(strict(source), [sophea(), row("2", born="31/02/2001")], steward)
    with pytest.raises(NoReason):
        services.go_on(run=run, actor=steward, reason=" ")
    run.refresh_from_db()
    assert run.state == "stopped"


def test_whoever_uploaded_it_does_not_approve_it(source, steward, second_steward):
    run = compared(source, FAMILY, steward)
    proposal = services.propose(run=run, actor=steward)
    with pytest.raises(SamePerson):
        approval.approve(proposal=proposal, actor=steward, digest=proposal.digest)


def test_nor_where_somebody_else_proposes_it(source, steward, second_steward):
    run = compared(source, FAMILY, steward)
    with pytest.raises(NobodyCanApprove):
        services.propose(run=run, actor=second_steward)


def test_what_was_given_up_is_not_approved(source, steward, second_steward):
    run = compared(source, FAMILY, steward)
    proposal = services.propose(run=run, actor=steward)
    services.give_up(run=run, actor=steward)
    with pytest.raises(Decided):
        approval.approve(proposal=proposal, actor=second_steward, digest=proposal.digest)
    assert Person.objects.count() == 0


def test_only_from_a_source_in_force(source, steward):
    with as_owner():
        ImportSource.objects.filter(pk=source.pk).update(state="ended")
    source.refresh_from_db()
    with pytest.raises(SourceNotInForce):
        upload(source, FAMILY, steward)


@as_owner()
def put(source, **values):
    ImportSource.objects.filter(pk=source.pk).update(**values)


def test_what_was_given_up_while_it_is_read_leaves_no_file(
    source, steward, folder, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(staging, "BATCH", 1)
    run = upload(source, FAMILY, steward)
    run_job(run.job_id, turn=0.001)
    with django_capture_on_commit_callbacks(execute=True):
        services.give_up(run=run, actor=steward)
    work(run)
    assert (run.state, list(folder.iterdir())) == ("given_up", [])


def test_while_another_import_is_written_it_waits(source, steward, second_steward, monkeypatch):
    run = approve(compared(source, FAMILY, steward), steward, second_steward)
    with monkeypatch.context() as busy:
        busy.setattr(applying, "take_turn", lambda: False)
        run_job(run.job_id)
    job = Job.objects.get(pk=run.job_id)
    with translation.override("en"):
        assert (job.state, problem(job)) == ("waiting", "another import is being written or undone")
    assert work(run).state == "applied"


def test_only_by_stewards(source, commune_clerk):
    with pytest.raises(PermissionDenied):
        upload(source, FAMILY, commune_clerk)


def test_a_file_that_is_too_large_is_not_kept(source, steward, settings, folder):
    settings.IMPORT_MEGABYTES = 0
    with pytest.raises(FileRefused):
        services.upload(source=source, file_name="f.csv", pieces=[file_of(FAMILY)], actor=steward)
    assert list(folder.iterdir()) == []


def test_a_file_that_cannot_be_read_says_why(source, steward):
    run = services.upload(source=source, file_name="f.csv", pieces=[b"%PDF-1.7 ..."], actor=steward)
    work(run)
    assert run.state == "refused"
    assert reason_in_words(run.reason)


def registered_since(sokha):
    """Somebody who may be the son of the file."""
    twin = person_details(
        family_name="សុខ", given_name="ដារ៉ា", sex="male", born=PartialDate(date(2001, 2, 1), "month")
    )
    register_household(actor=sokha, details=household_details(twin))


def test_what_is_doubtful_by_now_stops_before_anything_is_written(source, steward, second_steward, sokha):
    run = approve(compared(strict(source), FAMILY[:2], steward), steward, second_steward)
    registered_since(sokha)
    work(run)
    assert (run.state, run.outcomes, run.approved_by) == ("stopped", {"new": 1, "likely": 1}, None)
    assert Person.objects.count() == 1
    with translation.override("en"):
        words = reason_in_words(run.reason)
    assert "has changed since" in words
    assert "50%" in words


def test_once_two_stewards_have_seen_it_it_is_written(source, steward, second_steward, sokha):
    run = approve(compared(strict(source), FAMILY[:2], steward), steward, second_steward)
    registered_since(sokha)
    services.go_on(run=work(run), actor=steward, reason="looked at it")
    run.refresh_from_db()
    work(approve(run, steward, second_steward))
    assert (run.state, Person.objects.count()) == ("applied", 3)


def test_what_a_steward_let_go_on_stops_again_only_if_it_is_more_by_now(
    source, steward, second_steward, sokha
):
    rows = [sophea(), row("2"), row("3", born="31/02/2001")]
    run = compared(strict(source), rows, steward)
    assert run.reason["code"] == "too_many_refused"
    services.go_on(run=run, actor=steward, reason="one typing error")
    run.refresh_from_db()
    approve(run, steward, second_steward)
    registered_since(sokha)
    assert work(run).reason["code"] == "too_many_likely"


def test_where_more_came_in_than_can_be_asked_for_all_is_compared_again(
    source, steward, second_steward, sokha, monkeypatch
):
    monkeypatch.setattr(applying, "MOST_ARRIVED", 0)
    monkeypatch.setattr(applying, "BATCH", 1)
    run = approve(compared(strict(source), FAMILY[:2], steward), steward, second_steward)
    registered_since(sokha)
    assert work(run).reason["code"] == "too_many_likely"

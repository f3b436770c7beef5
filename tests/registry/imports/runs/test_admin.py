"""Imports in the admin: upload, what was found, proposal, refused rows."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from dsp_platform.approval import services as approval
from dsp_platform.approval.models import Proposal
from dsp_platform.audit.models import AuditEvent
from dsp_platform.jobs.models import Job
from dsp_platform.khmer.dates import PartialDate
from registry.imports.runs.jobs import APPLY, MATCH, STAGE
from registry.imports.runs.services import propose
from registry.models import ImportRun
from registry.registration.services import register_household
from tests.registry.cast import household_details, person_details
from tests.registry.imports.conftest import FAMILY, compared, file_of, row, sophea, upload, work
from tests.structure.conftest import browser


@pytest.fixture
def page(steward):
    return browser(steward)


def address(run, name="change"):
    return reverse(f"admin:registry_importrun_{name}", args=[run.pk])


def test_a_file_is_uploaded_compared_and_proposed(page, source):
    file = SimpleUploadedFile("households.csv", file_of(FAMILY))
    page.post(reverse("admin:registry_importrun_add"), {"source": source.pk, "file": file})
    run = work(ImportRun.objects.get())
    shown = page.get(address(run)).content.decode()
    assert 'value="propose"' in shown
    read = page.get(address(run)).context["read"]
    page.post(address(run, "act"), {"act": "propose", "read": read})
    assert Proposal.objects.get().kind == "import"


def test_why_it_was_refused_stands_where_it_is_proposed_again(page, source, steward, second_steward):
    run = compared(source, FAMILY, steward)
    approval.refuse(proposal=propose(run=run, actor=steward), actor=second_steward, note="Wrong file.")
    shown = page.get(address(run)).content.decode()
    assert "Wrong file." in shown.split('value="propose"')[0].split("<form")[-1]


def test_the_page_of_the_upload_says_how_large_a_file_may_be(page, source, settings):
    shown = page.get(reverse("admin:registry_importrun_add")).content.decode()
    assert f"{settings.IMPORT_MEGABYTES} MB" in shown


def test_while_it_is_read_the_page_comes_again_by_itself(page, source, steward):
    run = upload(source, FAMILY, steward)
    assert 'http-equiv="refresh"' in page.get(address(run)).content.decode()


def test_examples_do_not_show_who_it_is(page, source, steward):
    run = compared(source, FAMILY, steward)
    shown = page.get(address(run)).content.decode()
    assert "សុភា" not in shown
    assert "ស…" in shown


def test_once_it_is_written_the_page_says_by_whom_and_leads_to_what_waits(
    page, imported, second_steward, sokha
):
    head = person_details(
        family_name="សុខ", given_name="សុភា", born=PartialDate(date(1970, 5, 6)), phone="016 999 001",
        document_type="identity_card", document_number="012345678",
    )  # fmt: skip
    register_household(actor=sokha, details=household_details(head))
    run = imported([sophea(phone="012345678")])
    shown = page.get(address(run).replace("/km/", "/en/")).content.decode()
    assert second_steward.full_name in shown
    assert "What was written" in shown
    assert reverse("admin:registry_sourceconflict_changelist").replace("/km/", "/en/") in shown


def test_nobody_lets_it_go_on_without_a_reason(page, source, steward):
    run = compared(source, [sophea(), row("2", born="31/02/2001")], steward)
    ImportRun.objects.filter(pk=run.pk).update(state="stopped", reason={"code": "too_many_refused"})
    page.post(address(run, "act"), {"act": "go_on", "reason": " "})
    run.refresh_from_db()
    assert run.state == "stopped"


@pytest.mark.parametrize(("kind", "start"), [("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")])
def test_refused_rows_are_taken_as_a_file_and_that_is_recorded(page, source, steward, kind, start):
    run = compared(source, [sophea(), row("2", born="31/02/2001")], steward)
    link = f"{address(run, 'refused')}?file={kind}"
    assert link in page.get(address(run)).content.decode()
    answer = page.get(link)
    assert b"".join(answer.streaming_content).startswith(start)
    assert answer["Content-Disposition"] == f'attachment; filename="refused-{run.pk}.{kind}"'
    assert AuditEvent.objects.filter(action="export_refused", subject_id=run.pk).exists()


def test_they_are_no_other_kind_of_file(page, source, steward):
    run = compared(source, [row("2", born="31/02/2001")], steward)
    assert page.get(f"{address(run, 'refused')}?file=exe").status_code == 404


def test_without_an_open_conflict_it_leads_to_none(page, imported):
    """The second row differs from the first, which nobody has to decide."""
    run = imported([sophea(), sophea("9", household="H9", born="1971-05-06")])
    assert page.get(address(run)).context["conflicts"] is False


def test_while_it_is_worked_on_the_page_says_how_far_it_is_and_how_long_it_takes(page, source, steward):
    run = upload(source, FAMILY, steward)
    ImportRun.objects.filter(pk=run.pk).update(state="applying", approved_by=source.approved_by)
    begun = timezone.now() - timedelta(seconds=10)
    Job.objects.filter(pk=run.job_id).update(kind=APPLY, done=1000, total=1500, created_at=begun)
    with time_machine.travel(begun + timedelta(seconds=10), tick=False):
        shown = page.get(address(run).replace("/km/", "/en/")).content.decode()
    assert "1,000 / 1,500" in " ".join(shown.split())
    assert "100 rows a second" in shown
    assert "time left: 0:00:05" in shown


@pytest.mark.parametrize("kind", [STAGE, MATCH])
def test_how_many_rows_a_file_has_is_an_estimate_only_while_it_is_read(page, source, steward, kind):
    run = upload(source, FAMILY, steward)
    Job.objects.filter(pk=run.job_id).update(kind=kind, done=1000, total=1500)
    assert ("≈" in page.get(address(run)).content.decode()) == (kind == STAGE)

"""Imports in the admin: upload, what was found, proposal, refused rows."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from dsp_platform.approval.models import Proposal
from dsp_platform.audit.models import AuditEvent
from registry.models import ImportRun
from tests.registry.imports.runs.conftest import FAMILY, compared, file_of, row, sophea, upload, work
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


def test_once_it_is_written_the_page_says_by_whom_and_leads_to_what_waits(page, imported, second_steward):
    run = imported([sophea(), sophea("9", household="H9", born="1971-05-06")])
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

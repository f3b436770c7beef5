import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from dsp_platform.audit.models import AuditEvent
from dsp_platform.casework.notes import add_note
from grievances.categories import SENSITIVE
from tests.applications.helpers import sign_in


def url(name: str, *arguments: object, language: str = "en") -> str:
    with translation.override(language):
        return reverse(f"admin:grievances_grievance_{name}", args=arguments)


def handle(browser, grievance, step="resolve", version=1, **values):
    data = {"step": step, "version": version, "note": "ចម្លើយ", "operator": "", **values}
    return browser.post(url("handle", grievance.pk), data, follow=True)


@pytest.mark.parametrize("language", ["km", "en"])
def test_staff_find_and_answer_their_own(tell, operators, nssf_reviewer, language):
    grievance = tell(operator=operators["nssf"], text="<script>x</script>")
    browser = sign_in(nssf_reviewer)
    assert grievance.reference in browser.get(url("changelist", language=language)).content.decode()
    page = browser.get(url("change", grievance.pk, language=language)).content.decode()
    assert "<script>x" not in page
    assert "pass_on" not in page
    handle(browser, grievance)
    grievance.refresh_from_db()
    assert grievance.state == "resolved"


def test_another_operators_staff_see_and_do_nothing(tell, operators, family_package_reviewer):
    grievance = tell(operator=operators["nssf"])
    browser = sign_in(family_package_reviewer)
    assert grievance.reference not in browser.get(url("changelist")).content.decode()
    assert browser.get(url("change", grievance.pk)).status_code == 404
    assert handle(browser, grievance).status_code == 404
    grievance.refresh_from_db()
    assert grievance.state == "reported"


def test_a_steward_passes_on(tell, operators, steward):
    grievance = tell()
    browser = sign_in(steward)
    page = handle(browser, grievance, "pass_on", note="").content.decode()
    assert "Choose the operator that it is passed on to." in page
    handle(browser, grievance, "pass_on", note="", operator="nssf")
    grievance.refresh_from_db()
    assert grievance.operator_id == "nssf"


@pytest.mark.parametrize("category", SENSITIVE)
def test_only_stewards_read_what_is_sensitive(
    tell, sokha, person, operators, nssf_reviewer, steward, category
):
    grievance = tell(actor=sokha, category=category, operator=operators["nssf"])
    reviewer = sign_in(nssf_reviewer)
    assert grievance.reference not in reviewer.get(url("changelist")).content.decode()
    assert reviewer.get(url("change", grievance.pk)).status_code == 404
    assert handle(reviewer, grievance).status_code == 404
    assert person.spid_grouped in sign_in(steward).get(url("change", grievance.pk)).content.decode()
    # In the log of the person it would tell whoever shares the phone.
    assert not AuditEvent.objects.filter(action="view", subject_kind="person").exists()
    access = AuditEvent.objects.get(action="view", subject_kind="grievance")
    assert (access.actor, access.reason) == (steward, "answer")


def test_the_second_is_told_who_was_first(tell, steward, second_steward):
    grievance = tell()
    handle(sign_in(steward), grievance)
    page = handle(sign_in(second_steward), grievance, note="my words").content.decode()
    assert "Nothing was saved" in page
    assert steward.full_name in page


def test_nothing_is_added_or_deleted(tell, steward):
    browser = sign_in(steward)
    assert browser.get(url("add")).status_code == 403
    assert browser.post(url("delete", tell().pk), {"post": "yes"}).status_code == 403


def test_the_page_asks_little(tell, sokha, operators, nssf_reviewer):
    """With the next one, a note, and a person."""
    grievance = tell(actor=sokha, operator=operators["nssf"])
    tell(operator=operators["nssf"])
    add_note(item=grievance, author=nssf_reviewer, text="Call the commune first.")
    browser = sign_in(nssf_reviewer)
    browser.get(url("change", grievance.pk))
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(url("change", grievance.pk)).status_code == 200
    assert len([one for one in asked if "SAVEPOINT" not in one["sql"]]) <= 15

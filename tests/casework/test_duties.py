"""What staff of an operator may do with its work, by their duty."""

import pytest
from django.core.exceptions import PermissionDenied

from applications import services as applications
from applications.deciders import application_deciders
from applications.selectors import queue_of
from dsp_platform.accounts.models import Duty
from dsp_platform.accounts.staff import services as staff
from dsp_platform.audit.models import AuditEvent
from dsp_platform.casework.assignment import NOBODYS, assigned, colleagues_of
from dsp_platform.casework.errors import AlreadyAssigned, CannotTakeOver, InConflict, Overtaken, ReadsOnly
from dsp_platform.casework.models import WorkItemNote
from grievances.deciders import grievance_deciders
from grievances.selectors import queue_of as grievances_of
from registry.models import Person
from registry.persons.scope import person_condition
from tests.applications.helpers import sign_in
from tests.casework.kinds import address
from tests.duties import of_duty

pytestmark = pytest.mark.django_db
# Of the kinds that operators have.
at_operators = pytest.mark.parametrize("kind", ["application", "grievance"], indirect=True)
READS_ONLY = {"km": "អាចអាននេះ តែមិនអាចកែអ្វីឡើយ", "en": "reads this and changes nothing"}


@pytest.fixture
def reader(operators):
    return of_duty(Duty.READ_ONLY)


@pytest.fixture
def supervisor(operators):
    return of_duty(Duty.SUPERVISOR)


@pytest.fixture
def editor(operators):
    return of_duty(Duty.CATALOGUE)


@at_operators
@pytest.mark.parametrize("language", ["km", "en"])
def test_read_only_reads_the_queue_and_the_page_and_is_told_why_there_is_no_form(kind, reader, language):
    browser = sign_in(reader)
    listed = browser.get(address(kind.lists[0], language=language))
    assert kind.item.reference in listed.content.decode()
    assert listed.context["export"] is None
    page = browser.get(kind.url(language))
    assert READS_ONLY[language] in page.content.decode()
    assert page.context["form"] is None
    assert page.context["note_form"] is None
    assert not page.context["assignment"]["offered"]


@at_operators
@pytest.mark.parametrize("language", ["km", "en"])
def test_read_only_takes_no_item_and_the_refusal_is_audited(kind, reader, language):
    assert READS_ONLY[language] in kind.press(reader, "assign", language).content.decode()
    assert kind.assignee() is None
    assert AuditEvent.objects.get(action="step_refused").reason == "ReadsOnly"


@at_operators
def test_read_only_decides_nothing(kind, reader):
    with pytest.raises(ReadsOnly):
        kind.decide(reader)


@at_operators
def test_read_only_writes_no_note(kind, reader):
    url = address(kind.page.replace("_change", "_note"), kind.item.pk, language="en")
    answer = sign_in(reader).post(url, {"internal_note": "x"})
    assert READS_ONLY["en"] in answer.content.decode()
    assert not WorkItemNote.objects.exists()


@at_operators
def test_read_only_takes_no_file(kind, reader, nssf_reviewer):
    url = address(kind.lists[0].replace("changelist", "export"), language="en")
    assert sign_in(reader).post(url, {"reason": "report"}).status_code == 403
    assert sign_in(nssf_reviewer).post(url, {"reason": "report"}).status_code == 200


def test_read_only_is_offered_no_decision_for_several(application, reader, nssf_reviewer):
    url = address("admin:applications_application_changelist", language="en")
    assert "decide_several" not in sign_in(reader).get(url).content.decode()
    assert "decide_several" in sign_in(nssf_reviewer).get(url).content.decode()


@at_operators
@pytest.mark.parametrize("duty", [Duty.READ_ONLY, Duty.CATALOGUE])
def test_nothing_is_handed_over_to_who_decides_nothing(kind, duty):
    other = of_duty(duty)
    kind.assignment.assign(kind.item, actor=kind.first)
    assert not colleagues_of(kind.first).filter(pk=other.pk).exists()
    with pytest.raises(CannotTakeOver):
        kind.assignment.hand_over(kind.item, actor=kind.first, to=other)


def test_a_catalogue_editor_sees_no_applicant(application, editor):
    browser = sign_in(editor)
    for name in ("admin:applications_application_changelist", "admin:grievances_grievance_changelist"):
        assert browser.get(address(name, language="en")).status_code == 403
    assert browser.get(address("admin:index", language="en")).context["queues"] == []
    assert not queue_of(editor).exists()
    with pytest.raises(PermissionDenied):
        application_deciders.check(editor, application)


@at_operators
def test_a_duty_that_is_in_no_table_reads_and_does_nothing(kind):
    """As one that was added to the choices alone."""
    analyst = of_duty("analyst")
    browser = sign_in(analyst)
    for name in (*kind.lists, "admin:applications_application_numbers"):
        assert browser.get(address(name, language="en")).status_code == 403
    assert browser.get(kind.url()).status_code == 403
    with pytest.raises(PermissionDenied):
        kind.decide(analyst)
    assert not colleagues_of(kind.first).filter(pk=analyst.pk).exists()
    assert not Person.objects.filter(person_condition(analyst)).exists()
    for find in (queue_of, grievances_of):
        assert not find(analyst).exists()
    type(kind.item).objects.filter(pk=kind.item.pk).update(assignee=analyst)
    rows = type(kind.item).objects.all()
    assert assigned(rows, kind.first, NOBODYS, kind.assignment.deciders).exists()


@pytest.mark.parametrize("kind", ["grievance"], indirect=True)
def test_a_catalogue_editor_answers_no_grievance(kind, editor):
    with pytest.raises(PermissionDenied):
        grievance_deciders.check(editor, kind.item)


@at_operators
def test_a_supervisor_decides_as_a_reviewer_does(kind, supervisor):
    kind.decide(supervisor)
    kind.item.refresh_from_db()
    assert not kind.item.is_open


@at_operators
@pytest.mark.parametrize("language", ["km", "en"])
def test_a_supervisor_hands_over_what_a_colleague_has(kind, supervisor, language):
    kind.assignment.assign(kind.item, actor=kind.first)
    page = kind.press(
        supervisor, "hand_over", language, colleague=kind.second.pk, held_by=kind.first.pk
    ).content.decode()
    assert {"km": "ត្រូវបានប្រគល់បន្ត", "en": "is handed over."}[language] in page
    assert kind.assignee() == kind.second
    details = AuditEvent.objects.get(action="reassign").details
    names = {"colleague": kind.second.username, "colleague_before": kind.first.username}
    assert details == names


@at_operators
def test_a_supervisor_gives_out_what_nobody_has_and_takes_over(kind, supervisor):
    hand_over, item = kind.assignment.hand_over, kind.item
    hand_over(item, actor=supervisor, to=kind.first, held_by=None)
    assert kind.assignee() == kind.first
    hand_over(item, actor=supervisor, to=supervisor, held_by=kind.first.pk)
    assert kind.assignee() == supervisor


@at_operators
def test_a_supervisor_whose_page_is_old_is_told(kind, supervisor):
    kind.assignment.assign(kind.item, actor=kind.first)
    with pytest.raises(AlreadyAssigned):
        kind.assignment.hand_over(kind.item, actor=supervisor, to=kind.second, held_by=None)
    kind.assignment.unassign(kind.item, actor=kind.first)
    with pytest.raises(Overtaken, match=r"."):
        kind.assignment.hand_over(kind.item, actor=supervisor, to=kind.second, held_by=kind.first.pk)
    assert kind.assignee() is None


@at_operators
def test_a_supervisor_of_another_operator_shares_nothing_out(kind):
    stranger = of_duty(Duty.SUPERVISOR, "family_package")
    with pytest.raises(PermissionDenied):
        kind.assignment.hand_over(kind.item, actor=stranger, to=stranger, held_by=None)


@at_operators
def test_a_supervisor_does_not_choose_who_decides_about_their_own_kin(kind, supervisor, monkeypatch):
    deciders = type(kind.assignment.deciders)
    monkeypatch.setattr(deciders, "conflict", lambda self, user, item: "kin" * (user == supervisor))
    with pytest.raises(InConflict):
        kind.assignment.hand_over(kind.item, actor=supervisor, to=kind.first, held_by=None)
    page = sign_in(supervisor).get(kind.url())
    assert not page.context["assignment"]["colleagues"]


def test_another_duty_gives_back_what_they_had_and_signs_them_out(application, nssf_reviewer, steward):
    applications.assignment.assign(application, actor=nssf_reviewer)
    browser = sign_in(nssf_reviewer)
    nssf_reviewer.duty = Duty.READ_ONLY
    staff.change_account(actor=steward, user=nssf_reviewer, changed=["duty"])
    application.refresh_from_db()
    assert application.assignee is None
    assert browser.get(address("admin:index", language="en")).status_code == 302
    event = AuditEvent.objects.get(action="change_account")
    assert event.details == {
        "changed": ["duty"],
        "before": {"duty": "reviewer"},
        "after": {"duty": "read_only"},
    }

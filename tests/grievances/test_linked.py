"""Whoever answers an appeal, or a report on an application, reads of that what its operator may hold."""

import pgtrigger
import pytest

from applications.documents import APPLICATION
from dsp_platform.audit.models import AuditEvent
from dsp_platform.exchange.models import Agreement
from dsp_platform.uploads.contract import may_see
from grievances.models import Grievance
from grievances.routing.services import team_of_operator
from registry.consents.services import withdraw_consent
from registry.models import Programme
from tests.applications.helpers import sign_in
from tests.applications.test_following import decide
from tests.casework.kinds import address
from tests.casework.test_unread import make_relative
from tests.grievances.test_appeals import answer, appeal
from tests.roles import as_owner
from tests.uploads.conftest import *  # noqa: F403

LANGUAGES = pytest.mark.parametrize("language", ["km", "en"])
HEADING = {"km": "ឯកសារនៃពាក្យស្នើសុំ", "en": "Documents of the application"}


@pytest.fixture
def appealed(application, sokha, nssf_reviewer):
    with as_owner():
        Programme.objects.filter(pk=application.programme_id).update(appeal_days=30)
    application.refresh_from_db()
    return appeal(decide(application, nssf_reviewer), sokha)


@pytest.fixture(params=["appeal", "report"])
def told(request, application, sokha):
    """About one of Sokha's applications."""
    if request.param == "appeal":
        return request.getfixturevalue("appealed")
    return request.getfixturevalue("tell")(actor=sokha, category="decision", application=application)


def page_of(user, told, language="en"):
    return sign_in(user).get(address("admin:grievances_grievance_change", told.pk, language=language))


def names(page) -> set[str]:
    read = page.context.get("linked")
    people = [read.dossier.applicant, *read.dossier.members] if read else []
    return {line.value for lines in people for line in lines}


def looks(user, kind) -> set[int]:
    rows = AuditEvent.objects.filter(actor=user, action="view", subject_kind=kind)
    return set(rows.values_list("subject_id", flat=True))


@LANGUAGES
def test_the_applicant_and_no_member_whom_the_agreement_does_not_concern(
    told, person, household, steward, language
):
    other = household.memberships.exclude(person=person).get().person
    page = page_of(steward, told, language)
    shown = page.content.decode()
    assert person.name in names(page)
    assert HEADING[language] in shown
    assert other.name not in shown
    assert looks(steward, "person") == {person.pk}
    assert looks(steward, "application") == {told.application_id}


def test_members_whom_it_concerns_are_read_and_logged(told, person, household, steward):
    with as_owner(), pgtrigger.ignore():
        everybody = {"concerns": Agreement.Concerns.APPLICANTS_OR_RULE, "rule": "age >= 0"}
        Agreement.objects.filter(kind="person").update(**everybody)
    other = household.memberships.exclude(person=person).get().person
    assert {person.name, other.name} <= names(page_of(steward, told))
    assert looks(steward, "person") == {person.pk, other.pk}


def test_the_documents_open_and_the_look_is_logged(application, person, sokha, nssf_reviewer, steward, send):
    upload = send(kind=APPLICATION, key=str(application.pk))
    told = appeal(decide(application, nssf_reviewer), sokha)
    picture = address("uploads:page", upload.pk, 1, language="en")
    assert picture in page_of(steward, told).content.decode()
    assert sign_in(steward).get(picture).status_code == 200
    assert AuditEvent.objects.filter(actor=steward, reason="document", subject_id=person.pk).exists()


def test_nothing_for_kin_of_anybody_in_the_household(told, person, household, steward):
    make_relative(steward, household.memberships.exclude(person=person).get().person)
    steward.refresh_from_db()
    assert names(page_of(steward, told)) == set()
    assert not may_see(steward, None, APPLICATION, str(told.application_id))


def test_nothing_once_the_household_consents_no_more(told, household, sokha, steward):
    withdraw_consent(household=household, operator_code="nssf", actor=sokha, assisted_session=None)
    assert names(page_of(steward, told)) == set()
    assert not may_see(steward, None, APPLICATION, str(told.application_id))


def test_nothing_by_a_secret_one(tell, application, sokha, person, steward):
    """Its look would stand in the access log that the household reads."""
    with as_owner():
        type(steward).objects.filter(pk=steward.pk).update(answers_sensitive=True)
    steward.refresh_from_db()
    told = tell(actor=sokha, category="money_asked", application=application)
    page = page_of(steward, told)
    assert page.status_code == 200
    assert names(page) == set()
    assert looks(steward, "person") == set()
    assert not may_see(steward, None, APPLICATION, str(application.pk))


def test_stewards_read_it_until_it_is_answered(appealed, steward):
    answer(appealed, steward, "uphold")
    assert names(page_of(steward, appealed)) == set()
    assert not may_see(steward, None, APPLICATION, str(appealed.application_id))


def test_who_answers_no_report_on_it_sees_no_documents(application, steward):
    assert not may_see(steward, None, APPLICATION, str(application.pk))


def test_no_other_operator_reads_it(told, family_package_reviewer, operators):
    Grievance.objects.filter(pk=told.pk).update(team=team_of_operator(operators["family_package"]))
    page = page_of(family_package_reviewer, told)
    assert page.status_code == 200
    assert names(page) == set()
    assert not may_see(family_package_reviewer, None, APPLICATION, str(told.application_id))


@LANGUAGES
def test_the_reference_leads_where_its_reader_may_go(told, steward, second_nssf_reviewer, language):
    Grievance.objects.filter(pk=told.pk).update(team=team_of_operator(told.operator))
    link = address("admin:applications_application_change", told.application_id, language=language)
    assert link in page_of(second_nssf_reviewer, told, language).content.decode()
    assert link not in page_of(steward, told, language).content.decode()

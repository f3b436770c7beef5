"""What no reviewer of the operator may decide, at first or after a successful appeal, is told to stewards and
supervisors."""

import pytest

from applications.models import Application
from applications.review import held
from applications.who_may import left_to_nobody, who_may_decide
from dsp_platform.accounts.models import Duty, User
from dsp_platform.exchange.models import Operator
from grievances.models import Grievance
from grievances.routing.services import team_of_operator
from registry.models import KeySetup, Programme
from tests.applications.helpers import let_leave, sign_in
from tests.applications.review.test_held import asks_second, hold
from tests.applications.review.test_leaving import lists_of
from tests.applications.test_following import decide
from tests.casework.kinds import address
from tests.casework.test_unread import make_relative
from tests.grievances.test_appeals import answer, appeal
from tests.roles import as_owner

LANGUAGES = pytest.mark.parametrize("language", ["km", "en"])
HOME = {"km": "គ្មាននរណាអាចសម្រេចពាក្យសុំទាំងនេះបានទេ", "en": "Nobody may decide these applications"}
BEFORE = {"km": "ប្រសិនបើត្រូវសម្រេចសារជាថ្មី គ្មាននរណា", "en": "If it is to be decided anew, nobody"}


@pytest.fixture
def appealed(application, sokha, nssf_reviewer):
    with as_owner():
        Programme.objects.filter(pk=application.programme_id).update(appeal_days=30)
    application.refresh_from_db()
    return appeal(decide(application, nssf_reviewer), sokha)


@pytest.fixture
def overturned(appealed, steward):
    answer(appealed, steward)
    return Application.objects.get()


def home(user, language: str = "en") -> str:
    return sign_in(user).get(address("admin:index", language=language)).content.decode()


def supervise(user) -> None:
    User.objects.filter(pk=user.pk).update(duty=Duty.SUPERVISOR)


@LANGUAGES
def test_who_overturns_is_told_beforehand(appealed, steward, second_nssf_reviewer, language):
    page = address("admin:grievances_grievance_change", appealed.pk, language=language)
    browser = sign_in(steward)
    assert BEFORE[language] not in browser.get(page).content.decode()
    User.objects.filter(pk=second_nssf_reviewer.pk).update(is_active=False)
    assert BEFORE[language] in browser.get(page).content.decode()


@LANGUAGES
def test_stewards_are_told_with_the_appeal(overturned, appealed, steward, language):
    page = home(steward, language)
    assert HOME[language] in page
    assert overturned.reference in page
    assert address("admin:grievances_grievance_change", appealed.pk, language=language) in page


def test_the_supervisor_is_told_with_the_application(overturned, nssf_reviewer):
    assert HOME["en"] not in home(nssf_reviewer)
    supervise(nssf_reviewer)
    page = home(nssf_reviewer)
    assert HOME["en"] in page
    assert address("admin:applications_application_change", overturned.pk, language="en") in page


def test_no_supervisor_of_another_operator(overturned, family_package_reviewer):
    supervise(family_package_reviewer)
    assert HOME["en"] not in home(family_package_reviewer)


def test_no_more_once_another_reviewer_is_there(overturned, steward, second_nssf_reviewer):
    assert list(who_may_decide(overturned)) == [second_nssf_reviewer]
    assert HOME["en"] not in home(steward)
    decide(overturned, second_nssf_reviewer)


def test_one_who_is_the_applicant_is_none(overturned, person, second_nssf_reviewer):
    make_relative(second_nssf_reviewer, person)
    assert left_to_nobody() == [overturned]
    with as_owner():
        User.objects.filter(pk=second_nssf_reviewer.pk).update(spid="999999999999")
    assert left_to_nobody() == []


def test_a_catalogue_editor_is_none(overturned, second_nssf_reviewer):
    User.objects.filter(pk=second_nssf_reviewer.pk).update(duty=Duty.CATALOGUE)
    assert left_to_nobody() == [overturned]


def test_where_a_second_reviewer_is_asked_and_there_is_none(application, nssf_reviewer):
    asks_second(application.programme, second_review_share=100)
    hold(application, nssf_reviewer)
    assert left_to_nobody() == [application]
    assert left_to_nobody("family-package") == []
    User.objects.create_staff(username="reviewer.nssf.9", password="x", role="reviewer", operator_code="nssf")
    assert left_to_nobody() == []


def test_a_first_decision_that_somebody_may_take_is_none(application, nssf_reviewer):
    assert left_to_nobody() == []


def test_a_first_decision_of_kin_alone(application, person, nssf_reviewer, steward, second_nssf_reviewer):
    make_relative(nssf_reviewer, person)
    assert left_to_nobody() == []
    make_relative(second_nssf_reviewer, person)
    assert left_to_nobody() == left_to_nobody("nssf") == [application]
    assert application.reference in home(steward)


def test_a_first_decision_about_somebody_who_lives_with_the_reviewer(application, household, nssf_reviewer):
    other = household.memberships.exclude(person=application.person).get()
    make_relative(nssf_reviewer, other.person)
    assert left_to_nobody() == [application]


def test_a_first_decision_on_what_the_one_who_invited_them_filed(application, nssf_reviewer, sokha):
    User.objects.filter(pk=nssf_reviewer.pk).update(invited_by=sokha)
    assert left_to_nobody() == [application]


def test_a_first_decision_for_whom_the_only_reviewer_set_up_an_account(application, person, nssf_reviewer):
    KeySetup.objects.create(person=person, official=nssf_reviewer, kind=KeySetup.Kind.ACCOUNT)
    assert left_to_nobody() == [application]


def test_a_first_decision_once_the_only_reviewer_has_left(application, nssf_reviewer, steward):
    User.objects.filter(pk=nssf_reviewer.pk).update(is_active=False)
    assert left_to_nobody() == [application]
    assert HOME["en"] in home(steward)


def test_an_operator_that_never_had_a_reviewer_decides_in_its_own_system(application, operators):
    assert left_to_nobody() == [application]
    with as_owner():  # two stewards would approve it
        Operator.objects.filter(pk="nssf").update(status_mapping={"table": "decisions"})
    assert left_to_nobody() == []


def test_what_is_closed_or_leaves_is_none(application, nssf_reviewer):
    hold(application, nssf_reviewer)
    account = User.objects.filter(pk=nssf_reviewer.pk)
    account.update(is_active=False)
    assert left_to_nobody() == []
    account.update(is_active=True)
    let_leave()
    account.update(is_active=False)
    assert left_to_nobody() == []


def test_it_is_out_of_the_tabs_of_who_decided(overturned, nssf_reviewer, second_nssf_reviewer):
    assert lists_of(nssf_reviewer) == {}
    assert lists_of(second_nssf_reviewer) == {"to_decide": "1", "unassigned": "1"}


def test_and_of_who_agreed(application, sokha, nssf_reviewer, second_nssf_reviewer, steward):
    with as_owner():
        Programme.objects.filter(pk=application.programme_id).update(appeal_days=30)
    asks_second(application.programme, second_review_share=100)
    held.agree(held=hold(application, nssf_reviewer), actor=second_nssf_reviewer)
    let_leave()
    made = appeal(application, sokha)
    answer(made, steward)
    for one in (nssf_reviewer, second_nssf_reviewer):
        assert lists_of(one) == {}
    assert left_to_nobody() == [application]


def test_an_appeal_is_not_to_be_answered_by_who_decided(appealed, nssf_reviewer, second_nssf_reviewer):
    Grievance.objects.filter(pk=appealed.pk).update(team=team_of_operator(appealed.operator))
    for one, count in ((nssf_reviewer, 0), (second_nssf_reviewer, 1)):
        page = sign_in(one).get(address("admin:grievances_grievance_changelist", language="en"))
        assert page.context["cl"].result_count == count

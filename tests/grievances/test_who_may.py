"""What nobody at the operator may answer goes to the level above at once."""

from datetime import timedelta

import pytest

from dsp_platform.accounts.models import User
from dsp_platform.casework.sweep import sweep
from grievances import services
from grievances.models import Grievance, Team
from grievances.routing.alarms import taken_by_no_team
from tests.applications.test_following import decide
from tests.casework.test_unread import make_relative
from tests.grievances.routing.test_routing import team
from tests.grievances.test_appeals import answer, appeal, application, programme
from tests.grievances.test_services import handle

__all__ = ["application", "programme"]


@pytest.fixture
def refused(application, nssf_reviewer):
    """By the only reviewer of the operator, unless a test asks for a second one."""
    return decide(application, nssf_reviewer)


def close(user) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def test_an_appeal_where_only_the_decider_works(refused, sokha, steward):
    made = appeal(refused, sokha)
    assert made.team.is_default
    assert answer(made, steward).state == "overturned"


def test_an_appeal_stays_with_a_colleague_who_may(refused, sokha, second_nssf_reviewer):
    assert appeal(refused, sokha).team.operator_id == "nssf"


def test_no_colleague_whom_it_is_about(refused, person, sokha, second_nssf_reviewer):
    make_relative(second_nssf_reviewer, person)
    assert appeal(refused, sokha).team.is_default


def test_no_colleague_who_left(refused, sokha, second_nssf_reviewer, nssf_reviewer):
    close(second_nssf_reviewer)
    assert appeal(refused, sokha).team.is_default


def test_nor_where_nobody_is_left_at_all(refused, sokha, nssf_reviewer):
    close(nssf_reviewer)
    assert appeal(refused, sokha).team.is_default


def test_the_team_that_is_named_above_comes_first(refused, operators, sokha, nssf_reviewer, steward):
    above = team(Team.Kind.SECRETARIAT, steward)
    team(Team.Kind.OPERATOR, operator=operators["nssf"], above=above)
    assert appeal(refused, sokha).team == above


def test_a_complaint_about_the_decision(refused, tell, sokha):
    assert tell(actor=sokha, category="decision", application=refused).team.is_default


def test_also_once_it_is_one(refused, tell, sokha, steward):
    told = tell(actor=sokha, category="other", application=refused)
    handle(told, steward, step="recategorise", category="decision")
    told.refresh_from_db()
    assert told.team.is_default


def test_a_report_of_something_else_stays(tell, operators, sokha, nssf_reviewer):
    told = tell(actor=sokha, category="payment", operator=operators["nssf"])
    assert told.team.operator_id == "nssf"


@pytest.fixture
def levels(operators, areas, nssf_reviewer, second_nssf_reviewer, family_package_reviewer):
    """Of the whole office, of who decided alone, and above both another one."""
    top = team(Team.Kind.SECRETARIAT, family_package_reviewer)
    middle = team(Team.Kind.OPERATOR, nssf_reviewer, operator=operators["nssf"], above=top)
    first = team(Team.Kind.OPERATOR, second_nssf_reviewer, operator=operators["nssf"], above=middle)
    return first, middle, top


@pytest.fixture
def complaint(refused, levels, tell, sokha):
    """About a decision of the one reviewer of the level above."""
    told = tell(actor=sokha, category="decision", application=refused)
    Grievance.objects.filter(pk=told.pk).update(team=levels[0], taken_by_no_team=False)
    told.refresh_from_db()
    return told


def passed_up(told, reviewer):
    handle(told, reviewer, step="pass_up", version=told.version)


def late(told, _reviewer):
    sweep(told.due_at + timedelta(minutes=1))


def reopened(told, reviewer):
    handle(told, reviewer, version=told.version)
    services.add_words(grievance=told, actor=None, assisted_session=None, text="មិនទាន់ដោះស្រាយ")


WAYS = pytest.mark.parametrize("way", [passed_up, late, reopened])


@WAYS
def test_what_goes_up_passes_a_level_where_nobody_may_answer(complaint, levels, second_nssf_reviewer, way):
    way(complaint, second_nssf_reviewer)
    complaint.refresh_from_db()
    assert complaint.team == levels[2]
    assert not taken_by_no_team()


@WAYS
def test_where_nobody_above_may_it_ends_with_the_default_team_and_its_alarm(
    complaint, levels, second_nssf_reviewer, family_package_reviewer, person, way
):
    make_relative(family_package_reviewer, person)
    way(complaint, second_nssf_reviewer)
    complaint.refresh_from_db()
    assert complaint.team.is_default
    assert list(taken_by_no_team()) == [complaint]


def test_where_the_default_team_is_the_next_level_there_is_no_alarm(tell, operators, nssf_reviewer):
    told = tell(category="payment", operator=operators["nssf"])
    passed_up(told, nssf_reviewer)
    told.refresh_from_db()
    assert told.team.is_default
    assert not taken_by_no_team()


def test_of_an_operator_without_reviewers_a_report_stays(tell, operators, sokha):
    """Its own system may answer."""
    assert tell(actor=sokha, category="payment", operator=operators["nssf"]).team.operator_id == "nssf"

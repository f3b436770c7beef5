"""What nobody at the operator may answer goes to the level above at once."""

import pytest

from dsp_platform.accounts.models import User
from grievances.models import Team
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


def test_of_an_operator_without_reviewers_a_report_stays(tell, operators, sokha):
    """Its own system may answer."""
    assert tell(actor=sokha, category="payment", operator=operators["nssf"]).team.operator_id == "nssf"

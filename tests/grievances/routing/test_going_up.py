"""Up one level by whatever way: the team above has it, and the team that had it handles it no more."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from dsp_platform.accounts.models import User
from dsp_platform.casework.sweep import sweep
from grievances import selectors, services
from grievances.deciders import grievance_deciders
from grievances.models import Grievance, Team
from tests.grievances.routing.test_routing import team
from tests.grievances.test_services import handle

pytestmark = pytest.mark.django_db
Kind = Team.Kind


@pytest.fixture
def supervisor(operators):
    return User.objects.create_staff(
        username="nssf.supervisor", password="x", role="reviewer", operator_code="nssf", full_name="x"
    )


@pytest.fixture
def above(operators, supervisor, nssf_reviewer):
    """Named, of the same operator, above the team of its whole office."""
    first = team(Kind.OPERATOR, operator=operators["nssf"])
    found = team(Kind.OPERATOR, supervisor, operator=operators["nssf"])
    Team.objects.filter(pk=first.pk).update(above=found)
    return found


@pytest.fixture
def told(tell, operators, above):
    return tell(category="payment", operator=operators["nssf"])


def passed_up(grievance, reviewer):
    handle(grievance, reviewer, step="pass_up")


def late(grievance, _reviewer):
    sweep(grievance.due_at + timedelta(minutes=1))


def reopened(grievance, reviewer):
    handle(grievance, reviewer)
    services.add_words(grievance=grievance, actor=None, assisted_session=None, text="មិនទាន់ដោះស្រាយ")


WAYS = pytest.mark.parametrize("way", [passed_up, late, reopened])


@WAYS
def test_the_team_above_has_it_alone(told, above, nssf_reviewer, supervisor, way):
    services.assignment.assign(told, actor=nssf_reviewer)
    told.refresh_from_db()
    way(told, nssf_reviewer)
    told.refresh_from_db()
    assert (told.team, told.assignee, told.is_open) == (above, None, True)
    assert told in selectors.queue_of(supervisor)
    assert told not in selectors.queue_of(nssf_reviewer)


@WAYS
def test_the_old_team_answers_it_no_more(told, above, nssf_reviewer, supervisor, way):
    way(told, nssf_reviewer)
    told.refresh_from_db()
    with pytest.raises(PermissionDenied):
        handle(told, nssf_reviewer, version=told.version)
    with pytest.raises(PermissionDenied):
        services.assignment.assign(told, actor=nssf_reviewer)
    handle(told, supervisor, version=told.version)
    told.refresh_from_db()
    assert told.answered_by == supervisor


@WAYS
def test_whoever_had_it_holds_it_no_more(told, above, nssf_reviewer, way):
    """Also where the assignee stayed on the row: nobody finds it taken."""
    way(told, nssf_reviewer)
    Grievance.objects.filter(pk=told.pk).update(assignee=nssf_reviewer)
    held = Grievance.objects.filter(grievance_deciders.assignee_in_scope())
    assert told not in held


def test_the_step_begins_anew_when_it_is_opened_again(told, above, nssf_reviewer, time_machine):
    time_machine.move_to(timezone.now() + timedelta(days=3))
    reopened(told, nssf_reviewer)
    told.refresh_from_db()
    running = {row.due_for: row.since for row in told.deadlines.filter(ended_at=None)}
    assert set(running) == {"acknowledge", "answer", "resolve"}
    assert set(running.values()) == {told.events.get(step="reopen").at}
    assert (told.due_for, told.team_since >= told.reopened_at - timedelta(minutes=1)) == ("acknowledge", True)
    sweep(told.due_at + timedelta(minutes=1))
    told.refresh_from_db()
    assert told.team.is_default


def test_the_whole_office_has_what_names_nobody(told, nssf_reviewer, family_package_reviewer):
    assert told in selectors.queue_of(nssf_reviewer)
    assert selectors.may_handle(nssf_reviewer, told)
    assert told not in selectors.queue_of(family_package_reviewer)
    assert not selectors.may_handle(family_package_reviewer, told)

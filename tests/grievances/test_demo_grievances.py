"""The demonstration has something on the desk of an official, and for an operator's own system."""

import pytest
from django.core.management import call_command

from grievances.desk.selectors import open_at_desk
from grievances.models import Grievance, Team

pytestmark = pytest.mark.django_db


def test_teams_and_reports_once(areas, operators, commune_clerk, person):
    for _ in range(2):
        call_command("load_demo_grievances", verbosity=0)
    assert Grievance.objects.count() == 3
    assert open_at_desk(commune_clerk).count() == 2
    assert Grievance.objects.get(category="payment").team.operator_id == "nssf"


def test_a_team_that_a_steward_changed_stays_so(areas, operators, commune_clerk, other_clerk, person):
    call_command("load_demo_grievances", verbosity=0)
    changed = Team.objects.get(area="010201")
    changed.members.clear()
    call_command("load_demo_grievances", verbosity=0)
    assert not changed.members.exists()

"""What stewards must mend in the routing is counted, and listed on their home."""

import pytest

from dsp_platform.accounts.models import User
from grievances.models import Grievance, Team
from grievances.routing.alarms import collect, taken_by_no_team
from grievances.routing.table import ANEW, UPWARDS
from grievances.workflow import STEPS
from tests.applications.helpers import sign_in
from tests.grievances.repeats.test_repeats import take
from tests.grievances.routing.test_routing import COMMUNE, team
from tests.grievances.test_services import handle
from tests.roles import as_owner

pytestmark = pytest.mark.django_db


def figures() -> dict[str, float]:
    return {sample.name: sample.value for metric in collect() for sample in metric.samples}


def test_what_no_team_took(tell, steward):
    tell(category="other")
    assert figures()["dspp_grievances_taken_by_no_team"] == 1
    handle(Grievance.objects.get(), steward)
    assert figures()["dspp_grievances_taken_by_no_team"] == 0


def test_what_the_secretariat_is_to_get_is_no_alarm(tell, areas, steward, commune_clerk):
    tell(category="abuse")
    team(Team.Kind.COMMUNE, commune_clerk, area=areas[COMMUNE])
    passed_up = tell(category="other", area=areas[COMMUNE])
    handle(passed_up, steward, step="pass_up")
    passed_up.refresh_from_db()
    assert passed_up.team.is_default
    assert figures()["dspp_grievances_taken_by_no_team"] == 0


def test_what_fell_to_it_after_it_had_gone_up(tell, areas, steward, commune_clerk):
    team(Team.Kind.COMMUNE, commune_clerk, area=areas[COMMUNE])
    found = tell(category="other", area=areas[COMMUNE])
    handle(found, steward, step="pass_up")
    handle(found, steward, step="recategorise", version=2, category="payment")
    assert figures()["dspp_grievances_taken_by_no_team"] == 1


def test_what_was_passed_up_once_and_is_anothers_now(tell, operators, nssf_reviewer, steward):
    """Its way to the team is the last one, not any that it went before."""
    grievance = tell(category="payment", operator=operators["nssf"])
    take(grievance, "pass_up", nssf_reviewer, note="x")
    assert not taken_by_no_team()
    Grievance.objects.filter(pk=grievance.pk).update(operator=None)
    take(grievance, "recategorise", steward, category="decision", note="x")
    assert list(taken_by_no_team()) == [grievance]
    assert figures()["dspp_grievances_taken_by_no_team"] == 1


def test_every_step_that_gives_it_to_another_team_is_known():
    """Walks the table: whatever hands it on is named as one of the two ways."""
    handed_on = {step.name for step in STEPS.values() if step.unassigns}
    assert handed_on == {*ANEW, *UPWARDS}


def test_teams_in_which_nobody_works(areas, operators, commune_clerk, nssf_reviewer, steward):
    made = {
        "commune": team(Team.Kind.COMMUNE, commune_clerk, area=areas[COMMUNE]),
        "nssf": team(Team.Kind.OPERATOR, operator=operators["nssf"]),
        "secretariat": team(Team.Kind.SECRETARIAT),
    }
    assert figures()["dspp_teams_without_members"] == 0
    User.objects.filter(pk__in=[commune_clerk.pk]).update(area_code="010202")
    assert figures()["dspp_teams_without_members"] == 1
    User.objects.filter(pk=nssf_reviewer.pk).update(is_active=False)
    assert figures()["dspp_teams_without_members"] == 2
    made["secretariat"].members.set([nssf_reviewer])
    assert figures()["dspp_teams_without_members"] == 3


@pytest.mark.parametrize("language", ["en", "km"])
def test_nobody_named_for_sensitive_ones(steward, second_steward, tell, areas, language):
    assert figures()["dspp_stewards_for_sensitive"] >= 1
    fallen = tell(category="other")
    deserted = team(Team.Kind.COMMUNE, area=areas[COMMUNE])
    with as_owner():
        User.objects.update(answers_sensitive=False)
    assert figures()["dspp_stewards_for_sensitive"] == 0
    words = {
        "en": "Nobody is named who may read sensitive reports",
        "km": "គ្មាននរណាត្រូវបានតែងតាំងឱ្យអានបណ្ដឹងតវ៉ារសើប",
    }
    page = sign_in(second_steward).get(f"/{language}/admin/").content.decode()
    assert words[language] in page
    assert fallen.reference in page
    assert f"/admin/grievances/team/{deserted.pk}/change/" in page


def test_a_reviewer_is_told_nothing_of_it(tell, nssf_reviewer):
    fallen = tell(category="other")
    assert fallen.reference not in sign_in(nssf_reviewer).get("/en/admin/").content.decode()

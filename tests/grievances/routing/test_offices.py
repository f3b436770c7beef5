"""What names the office of an official goes neither to that office nor to its chief alone."""

import pytest

from dsp_platform.accounts.models import User
from grievances.models import Grievance, RoutingRule, Team
from grievances.routing.services import Matter, level_above, route
from tests.grievances.routing.test_routing import team
from tests.grievances.test_pages import send, url
from tests.grievances.test_services import handle

pytestmark = pytest.mark.django_db
COMMUNE, DISTRICT, PROVINCE = "010201", "0102", "01"
Kind = Team.Kind


def official(area_code: str, number: int = 1) -> User:
    return User.objects.create_staff(
        username=f"official.{area_code}.{number}", password="x", role="official", area_code=area_code
    )


@pytest.fixture
def commune_team(areas):
    return team(Kind.COMMUNE, official(COMMUNE), official(COMMUNE, 2), area=areas[COMMUNE])


@pytest.fixture
def district_team(areas):
    return team(Kind.DISTRICT, official(DISTRICT), official(DISTRICT, 2), area=areas[DISTRICT])


@pytest.fixture
def about(areas):
    def about(office, area=COMMUNE):
        return Matter(category="other", area=areas[area], office=areas[office])

    return about


def test_never_to_the_team_of_the_office(commune_team, district_team, about):
    assert route(about(COMMUNE)) == district_team


def test_nor_to_one_below_it(commune_team, district_team, about):
    assert route(about(DISTRICT)).is_default


def test_to_the_team_where_another_office_is_meant(commune_team, about):
    assert route(about("010202")) == commune_team


def test_never_to_its_chief_alone(commune_team, district_team, about):
    one, other = district_team.members.all()
    district_team.members.set([one])
    assert route(about(COMMUNE)).is_default
    district_team.members.set([one, other])
    User.objects.filter(pk=other.pk).update(is_active=False)
    assert route(about(COMMUNE)).is_default


def test_nor_to_its_chief_with_its_own_people(areas, about, commune_team):
    chief, own = official(DISTRICT), commune_team.members.first()
    # Their own area does not hold the district, so that they are no member of it at all.
    team(Kind.DISTRICT, chief, own, area=areas[DISTRICT])
    assert route(about(COMMUNE)).is_default


def test_somebody_from_elsewhere_is_enough(areas, about, nssf_reviewer):
    found = team(Kind.DISTRICT, nssf_reviewer, area=areas[DISTRICT])
    assert route(about(COMMUNE)) == found


def test_a_rule_does_not_send_it_there_either(commune_team, district_team, about):
    RoutingRule.objects.create(category="other", team=commune_team)
    assert route(about(COMMUNE)) == district_team


def test_when_late_it_goes_past_the_chief(areas, about, commune_team, nssf_reviewer):
    elsewhere = about("010202")
    team(Kind.DISTRICT, official(DISTRICT), area=areas[DISTRICT])
    province = team(Kind.PROVINCE, nssf_reviewer, area=areas[PROVINCE])
    assert level_above(commune_team, elsewhere) == province


def test_it_stays_away_from_the_office_when_it_is_about_something_else(
    tell, areas, commune_team, district_team, steward
):
    grievance = tell(category="staff", area=areas[COMMUNE], office=areas[COMMUNE])
    assert grievance.team.is_default
    handle(grievance, steward, step="recategorise", category="other", confirmed=True)
    grievance.refresh_from_db()
    assert grievance.team == district_team


def test_an_official_named_in_a_team_of_another_area_is_no_member(areas, commune_clerk):
    found = team(Kind.COMMUNE, commune_clerk, area=areas["010202"])
    assert route(Matter(category="other", area=areas["010202"])) != found


@pytest.mark.parametrize(("typed", "code"), [("បន្ទាយនាង", COMMUNE), ("0102", DISTRICT)])
def test_the_office_is_searched_when_it_is_reported(areas, operators, client, commune_team, typed, code):
    client.post(url("report"), {"category": "other"})
    client.post(url("report_question", "what"), {"text": "គាត់ស្រែក"})
    client.post(url("report_question", "where"), {"office_area": typed, "area": "បន្ទាយនាង"})
    send(client)
    found = Grievance.objects.get()
    assert (found.office_id, found.area_id) == (code, COMMUNE)
    assert found.team != commune_team


@pytest.mark.parametrize("language", ["km", "en"])
def test_an_office_that_is_not_found_is_said(areas, operators, client, language):
    client.post(url("report", language=language), {"category": "staff"})
    client.post(url("report_question", "what", language=language), {"text": "គាត់ស្រែក"})
    page = client.post(url("report_question", "where", language=language), {"office_area": "គ្មានកន្លែងនេះ"})
    assert "office_area" in page.context["form"].errors


def test_an_unnamed_report_keeps_the_office(tell, areas, sokha):
    found = tell(actor=sokha, category="staff", office=areas[COMMUNE], unnamed=True)
    assert (found.office_id, found.person) == (COMMUNE, None)

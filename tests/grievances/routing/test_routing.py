"""To which team a grievance goes: always to one, never to whom it is about, and upwards when it is late."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from dsp_platform.casework.sweep import sweep
from grievances import selectors, services
from grievances.categories import SENSITIVE
from grievances.models import Grievance, RoutingRule, Team, default_team
from grievances.routing.services import Matter, level_above, may_get, route
from registry.models import Programme
from tests.roles import as_owner

pytestmark = pytest.mark.django_db
COMMUNE, DISTRICT, PROVINCE = "010201", "0102", "01"
Kind = Team.Kind


def team(kind, *members, **scope):
    made = Team.objects.create(kind=kind, name_km=kind, name_en=kind, **scope)
    made.members.set(members)
    return made


@pytest.fixture
def teams(areas, operators, nssf_reviewer):
    """Of a commune, its district and its province, and of NSSF."""
    scopes = ((Kind.COMMUNE, COMMUNE), (Kind.DISTRICT, DISTRICT), (Kind.PROVINCE, PROVINCE))
    made = {kind: team(kind, nssf_reviewer, area=areas[code]) for kind, code in scopes}
    return made | {Kind.OPERATOR: team(Kind.OPERATOR, operator=operators["nssf"])}


@pytest.fixture
def programmes(operators):
    with as_owner():
        return [
            Programme.objects.create(
                code=code, operator=operators["nssf"], name_km="សុខភាព", name_en=code, state="open"
            )
            for code in ("health", "birth")
        ]


def test_a_payment_goes_to_the_operator(teams, operators, areas):
    matter = Matter(category="payment", operator=operators["nssf"], area=areas[COMMUNE])
    assert route(matter) == teams[Kind.OPERATOR]


def test_the_assessment_does_not_go_to_the_commune_that_made_it(teams, areas):
    assert route(Matter(category="assessment", area=areas[COMMUNE])) == teams[Kind.DISTRICT]


def test_anything_else_goes_to_the_commune(teams, areas):
    assert route(Matter(category="other", area=areas[COMMUNE])) == teams[Kind.COMMUNE]


@pytest.mark.parametrize("category", sorted(SENSITIVE))
def test_what_may_be_about_an_official_goes_to_none_of_their_levels(teams, operators, areas, category):
    for rule in ("", category):
        RoutingRule.objects.create(category=rule, area=areas[PROVINCE], team=teams[Kind.DISTRICT])
    found = route(Matter(category=category, operator=operators["nssf"], area=areas[COMMUNE]))
    assert found.kind == Kind.SECRETARIAT


def test_a_team_in_which_nobody_is_active_is_passed_over(
    teams, areas, nssf_reviewer, family_package_reviewer
):
    teams[Kind.COMMUNE].members.set([family_package_reviewer])
    family_package_reviewer.is_active = False
    family_package_reviewer.save()
    assert route(Matter(category="other", area=areas[COMMUNE])) == teams[Kind.DISTRICT]


def test_the_narrowest_rule_is_followed(teams, areas, nssf_reviewer):
    wide, narrow = team(Kind.SECRETARIAT, nssf_reviewer), team(Kind.SECRETARIAT, nssf_reviewer)
    RoutingRule.objects.create(category="payment", team=wide)
    RoutingRule.objects.create(area=areas[DISTRICT], team=narrow)
    assert route(Matter(category="payment", area=areas[COMMUNE])) == narrow
    assert route(Matter(category="payment", area=areas["020101"])) == wide
    assert route(Matter(category="other", area=areas["020101"])).is_default


def test_what_nobody_takes_is_the_default_teams(db):
    assert route(Matter(category="other")).pk == default_team()
    assert Team.objects.count() == 1


def test_the_database_keeps_no_grievance_without_a_team(tell):
    grievance = tell()
    with (
        pytest.raises(IntegrityError, match="team_id"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE grievances_grievance SET team_id = NULL WHERE id = %s", [grievance.pk])


def test_it_goes_up_to_the_secretariat_and_no_further(teams, areas):
    matter = Matter(category="other", area=areas[COMMUNE])
    found, levels = route(matter), []
    while found is not None:
        levels.append(found.kind)
        found = level_above(found, matter)
    assert levels == [Kind.COMMUNE, Kind.DISTRICT, Kind.PROVINCE, Kind.SECRETARIAT]


def test_an_operators_supervisor_comes_before_the_secretariat(teams, operators, nssf_reviewer):
    supervisor = team(Kind.OPERATOR, nssf_reviewer, operator=operators["nssf"])
    teams[Kind.OPERATOR].above = supervisor
    teams[Kind.OPERATOR].save()
    matter = Matter(category="payment", operator=operators["nssf"])
    assert level_above(route(matter), matter) == supervisor
    last = level_above(supervisor, matter)
    assert last is not None
    assert last.is_default


def test_what_is_late_goes_up_once_and_the_person_reads_it(teams, tell, operators, nssf_reviewer):
    grievance = tell(category="payment", operator=operators["nssf"])
    services.assignment.assign(grievance, actor=nssf_reviewer)
    later = timezone.now() + timedelta(days=20)
    sweep(later)
    sweep(later)
    grievance.refresh_from_db()
    assert grievance.team.is_default
    assert grievance.assignee is None
    assert [one.step for one in grievance.events.all()].count("escalate") == 1
    assert grievance.due_at is not None


def test_what_is_reported_anew_about_something_else_changes_its_team_and_its_deadlines(
    teams, tell, operators, nssf_reviewer
):
    grievance = tell(category="payment", operator=operators["nssf"])
    services.handle_grievance(
        grievance=grievance, step="recategorise", actor=nssf_reviewer, expected_version=1, note="អំពីមន្ត្រី",
        category="staff",
    )  # fmt: skip
    grievance.refresh_from_db()
    assert (grievance.category, grievance.team.kind) == ("staff", Kind.SECRETARIAT)
    assert not selectors.may_handle(nssf_reviewer, grievance)
    within = {row.due_for: row.how for row in grievance.deadlines.all()}
    assert set(within) == {"acknowledge", "answer", "resolve"}
    assert grievance.deadlines.filter(how="moved").exists()


def test_a_member_handles_what_the_team_has(teams, tell, areas, nssf_reviewer, family_package_reviewer):
    grievance = tell(category="other", area=areas[COMMUNE])
    assert selectors.may_handle(nssf_reviewer, grievance)
    assert grievance in selectors.queue_of(nssf_reviewer)
    assert not selectors.may_handle(family_package_reviewer, grievance)
    assert grievance not in selectors.queue_of(family_package_reviewer)


def test_a_member_does_not_see_what_is_sensitive(teams, tell, areas, nssf_reviewer):
    grievance = tell(category="abuse", area=areas[COMMUNE])
    Grievance.objects.update(team=teams[Kind.COMMUNE])
    grievance.refresh_from_db()
    assert not selectors.may_handle(nssf_reviewer, grievance)
    assert grievance not in selectors.queue_of(nssf_reviewer)


def test_a_rule_for_one_programme_catches_no_report_on_another(teams, programmes, nssf_reviewer):
    named = team(Kind.SECRETARIAT, nssf_reviewer)
    programme, another = programmes
    RoutingRule.objects.create(programme=programme, team=named)
    assert route(Matter(category="payment", programme=programme)) == named
    for other in (another, None):
        assert route(Matter(category="payment", programme=other)) != named


def test_a_programme_says_more_than_a_category_and_a_place_more_than_both(
    teams, areas, programmes, nssf_reviewer
):
    programme = programmes[0]
    of_category, of_programme, of_place = (team(Kind.SECRETARIAT, nssf_reviewer) for _number in range(3))
    RoutingRule.objects.create(category="payment", team=of_category)
    RoutingRule.objects.create(programme=programme, team=of_programme)
    about = {"category": "payment", "programme": programme, "area": areas[COMMUNE]}
    assert route(Matter(**about)) == of_programme
    RoutingRule.objects.create(area=areas[DISTRICT], team=of_place)
    assert route(Matter(**about)) == of_place


class TestAnySubject:
    """Every category, operator, programme, area, office, rule and named superior has exactly one team, which
    is not one it is about, and above it no other than may have it, up to the default team."""

    @pytest.fixture(autouse=True)
    def there(self, teams, operators, areas, programmes):
        self.teams, self.operators, self.areas = teams, operators, areas
        self.programmes = programmes

    def test_it_has_one_team_that_may_have_it(self):
        of_teams = st.sampled_from(list(self.teams.values()))
        of_areas = st.sampled_from([None, *self.areas.values()])
        of_programmes = st.sampled_from([None, *self.programmes])

        @given(
            category=st.sampled_from(Grievance.Category.values),
            operator=st.sampled_from([None, *self.operators.values()]),
            programme=of_programmes,
            area=of_areas,
            office=of_areas,
            rule=st.none() | st.tuples(
                st.sampled_from(["", *Grievance.Category.values]), of_programmes, of_areas, of_teams
            ),
            superior=st.none() | st.tuples(of_teams, of_teams),
        )  # fmt: skip
        def holds(category, operator, programme, area, office, rule, superior):
            RoutingRule.objects.all().delete()
            Team.objects.update(above=None)
            if rule:
                RoutingRule.objects.create(category=rule[0], programme=rule[1], area=rule[2], team=rule[3])
            if superior and superior[0] != superior[1]:
                Team.objects.filter(pk=superior[0].pk).update(above=superior[1])
            matter = Matter(
                category=category, operator=operator, programme=programme, area=area, office=office
            )
            found = route(matter)
            assert found == route(matter)
            seen = []
            while found is not None:
                assert found.pk not in seen
                seen.append(found.pk)
                assert found.is_default or may_get(found, matter)
                assert found.kind == Kind.SECRETARIAT or not about_its_own(found, matter)
                found = level_above(found, matter)
            assert seen[-1] == default_team()

        holds()


def about_its_own(one: Team, matter: Matter) -> bool:
    """What is sensitive, or about an official of its own area or of one within it."""
    of_office = matter.office is not None and bool(one.area_id) and one.area_id == matter.office.code
    return matter.category in SENSITIVE or of_office

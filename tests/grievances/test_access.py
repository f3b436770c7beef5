"""Who of the staff handles a grievance: all that ask get one answer, and nobody of the office it is about."""

from dataclasses import dataclass

import pytest
from django.contrib.admin import site
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp_platform.accounts.models import User
from dsp_platform.casework.assignment import assigned
from grievances import selectors
from grievances.admin import GrievanceAdmin
from grievances.attachments.subject import SUBJECT
from grievances.categories import SENSITIVE
from grievances.deciders import grievance_deciders
from grievances.desk.selectors import at_desk
from grievances.models import Grievance, RoutingRule, Team
from grievances.queue import found
from grievances.routing.services import Matter, route
from grievances.secrecy import secrecy_of
from tests.grievances.routing.test_offices import official
from tests.grievances.routing.test_routing import team
from tests.roles import as_owner

pytestmark = pytest.mark.django_db
Kind = Team.Kind
PLACES = ("", "01", "0102", "010201", "010202")
STEWARDS = ({}, {"answers_sensitive": True}, {"is_active": False})
REVIEWERS = tuple(
    {"operator_code": code, **duty}
    for code in ("nssf", "family_package")
    for duty in ({}, {"duty": "read_only"}, {"duty": "catalogue"}, {"is_active": False})
) + ({"operator_code": ""},)
OFFICIALS = tuple({"area_code": code} for code in PLACES) + ({"area_code": "0102", "is_active": False},)


@dataclass(frozen=True)
class Told:
    """A grievance and one of the staff, as drawn."""

    user: User
    grievance: Grievance
    is_named: bool
    has_colleague: bool

    @property
    def code(self) -> str:
        return self.grievance.office_id or ""

    def is_of_office(self) -> bool:
        return bool(self.code) and self.user.is_official and self.user.area_code.startswith(self.code)

    def is_chief_alone(self) -> bool:
        parent = self.grievance.office.parent_id if self.grievance.office else None
        return self.user.is_official and parent == self.user.area_code and not self.has_colleague


@pytest.fixture
def staff(db):
    roles = (("steward", STEWARDS), ("reviewer", REVIEWERS), ("official", OFFICIALS))
    cast = [(role, values) for role, all_values in roles for values in all_values]
    made = []
    for number, (role, values) in enumerate(cast):
        office = {name: values[name] for name in ("area_code", "operator_code") if name in values}
        with as_owner():  # two people give the accounts of weight
            user = User.objects.create_staff(username=f"one.{number}", password="x", role=role, **office)
            User.objects.filter(pk=user.pk).update(**values)
        user.refresh_from_db()
        made.append(user)
    return made


@pytest.fixture
def teams(areas, operators):
    of_areas = [
        team(kind, area=areas[code])
        for kind, code in ((Kind.COMMUNE, "010201"), (Kind.DISTRICT, "0102"), (Kind.PROVINCE, "01"))
    ]
    return [*of_areas, team(Kind.OPERATOR, operator=operators["nssf"]), team(Kind.SECRETARIAT)]


@pytest.fixture
def each(staff, teams, areas, operators, tell):
    """Calls a check with every drawing."""
    told = tell(category="other")
    colleague = User.objects.create_staff(username="colleague", password="x", role="reviewer")

    def drawn(check, examples=100):
        @settings(max_examples=examples)
        @given(
            user=st.sampled_from(staff),
            operator=st.sampled_from([None, "nssf", "family_package"]),
            area=st.sampled_from([None, *PLACES[1:]]),
            which=st.sampled_from(teams),
            category=st.sampled_from([one for one in Grievance.Category.values if one != "appeal"]),
            office=st.sampled_from([None, *PLACES[1:]]),
            is_reopened=st.booleans(),
            is_named=st.booleans(),
            has_colleague=st.booleans(),
        )
        def holds(user, operator, area, which, category, office, is_reopened, is_named, has_colleague):
            which.members.set([user] * is_named + [colleague] * has_colleague)
            Grievance.objects.filter(pk=told.pk).update(
                operator=operator, area=area, team=which, category=category, office=office, assignee=user,
                told_in_secret=secrecy_of(category),
                reopened_at=told.reported_at if is_reopened else None,
            )  # fmt: skip
            check(Told(user, Grievance.objects.get(pk=told.pk), is_named, has_colleague))

        holds()

    return drawn


def answers(told: Told) -> dict[str, bool]:
    """Of all that ask who handles it."""
    user, grievance = told.user, told.grievance
    rows = Grievance.objects.filter(pk=grievance.pk)
    queue = GrievanceAdmin(Grievance, site).queue(user)
    return {
        "page": selectors.may_handle(user, grievance),
        "list": grievance in selectors.queue_of(user),
        "desk": at_desk(user, grievance.reference) is not None,
        "admin": grievance in queue,
        "search": found(user, queue, grievance.reference) == [grievance.pk],
        "decision": grievance_deciders.in_scope(user, grievance),
        "assignment": rows.filter(grievance_deciders.assignee_in_scope()).exists(),
        "files": SUBJECT.may_see(user, None, str(grievance.pk)),
    }


def test_all_that_ask_are_answered_alike(each):
    def agree(told):
        said = answers(told)
        assert len(set(said.values())) == 1, said

    each(agree, examples=50)  # eight questions each


def test_nobody_of_the_office_that_it_is_about_gets_it(each):
    def is_elsewhere(told):
        if told.is_of_office() or told.is_chief_alone():
            assert not selectors.may_handle(told.user, told.grievance)

    each(is_elsewhere)


def test_what_is_sensitive_is_for_the_named_few(each):
    def is_for_few(told):
        if told.grievance.category in SENSITIVE:
            few = told.user.is_active and told.user.is_steward and told.user.answers_sensitive
            assert selectors.may_handle(told.user, told.grievance) == few

    each(is_for_few)


def test_who_is_named_in_its_team_gets_what_is_not_about_their_office(each):
    def gets_it(told):
        user, area = told.user, told.grievance.team.area_id
        harmless = told.grievance.category not in SENSITIVE
        at_home = bool(area and user.area_code and area.startswith(user.area_code))
        reviewer = user.is_reviewer and told.is_named
        official = user.is_official and told.is_named and at_home
        if harmless and user.is_active and (reviewer or official):
            is_about_them = told.is_of_office() or told.is_chief_alone()
            assert selectors.may_handle(user, told.grievance) != is_about_them

    each(gets_it)


def test_who_has_another_office_by_now_holds_it_from_nobody(tell, operators, nssf_reviewer, steward):
    told = tell(operator=operators["nssf"])
    Grievance.objects.update(assignee=nssf_reviewer)
    rows = selectors.queue_of(steward)
    assert told not in assigned(rows, steward, "nobody", grievance_deciders)
    User.objects.filter(pk=nssf_reviewer.pk).update(duty="catalogue")
    assert told in assigned(rows, steward, "nobody", grievance_deciders)


def test_who_gets_a_report_about_an_office_may_have_it(areas, operators, tell):
    """Routed to the office, or to its chief alone, nobody could answer it."""
    levels = {"010201": Kind.COMMUNE, "0102": Kind.DISTRICT, "01": Kind.PROVINCE}
    teams = {code: team(kind, area=areas[code]) for code, kind in levels.items()}
    own = {code: [official(code, number) for number in (1, 2)] for code in levels}
    told = tell(category="other")

    @given(
        category=st.sampled_from([one for one in Grievance.Category.values if one != "appeal"]),
        operator=st.sampled_from([None, *operators.values()]),
        area=st.sampled_from(PLACES[1:]),
        office=st.sampled_from(PLACES[1:]),
        members=st.fixed_dictionaries({code: st.integers(0, 2) for code in levels}),
        rule=st.sampled_from([None, *levels]),
    )
    def holds(category, operator, area, office, members, rule):
        for code, one in teams.items():
            one.members.set(own[code][: members[code]])
        RoutingRule.objects.all().delete()
        if rule:
            RoutingRule.objects.create(category=category, team=teams[rule])
        gets_it = route(Matter(category=category, operator=operator, area=areas[area], office=areas[office]))
        Grievance.objects.filter(pk=told.pk).update(
            category=category,
            operator=operator,
            area=area,
            office=office,
            team=gets_it,
            told_in_secret=secrecy_of(category),
        )
        if gets_it.kind in Team.OF_AREAS:
            assert any(selectors.may_handle(one, told) for one in gets_it.members.all())

    holds()

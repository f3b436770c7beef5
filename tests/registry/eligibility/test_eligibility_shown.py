"""Who sees which details of a verdict: the health of one member is private to them."""

from datetime import date

import pytest
from django.utils import translation

from registry.eligibility.verdict import judge, judge_shown
from registry.models import Person
from registry.registration import services
from tests.built_once import built_once
from tests.registry.cast import child_details, household_details, person_details

WELL = dict.fromkeys(("seeing", "hearing", "walking", "remembering", "self_care", "communicating"), 1)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@built_once
def household(areas, sokha):
    return services.register_household(
        actor=sokha,
        details=household_details(
            person_details(**WELL),
            person_details(
                given_name="ម៉ាលី", relationship="child", date_of_birth=date(2002, 2, 2), pregnant=True,
                **{**WELL, "seeing": 4},
            ),
            child_details(sex="male", **WELL),
        ),
    )  # fmt: skip


@pytest.fixture
def people(household):
    """Sokha, who holds the account; her daughter Maly; her son."""
    return list(Person.objects.order_by("pk"))


def shown(programme, rule, person, reader):
    programme.rule = rule
    (verdict,) = judge_shown([programme], person, reader)
    return verdict


@pytest.mark.parametrize("rule", ["pregnant", "!pregnant", "disability", "!(disability == true) && age > 5"])
def test_the_health_of_another_member_shows_in_no_verdict(people, family_package, rule):
    sokha, maly, _son = people
    verdict = shown(family_package, rule, maly, sokha)
    assert verdict.outcome == "more"
    assert verdict.reasons == ("This depends on the health of this person, which is not shown here.",)
    assert verdict.missing == ()


def test_the_verdict_of_another_does_not_depend_on_their_health(people, family_package):
    """The page is the same for every answer, so it reveals nothing."""
    sokha, maly, _son = people
    rule = "pregnant || disability && age < 30 || disabled_in_household > 1"
    before = shown(family_package, rule, maly, sokha)
    Person.objects.filter(pk=maly.pk).update(pregnant=False, **WELL)
    maly.refresh_from_db()
    assert shown(family_package, rule, maly, sokha) == before


def test_other_facts_of_another_member_are_said_about_them(people, family_package):
    sokha, maly, son = people
    assert shown(family_package, "age < 18", maly, sokha).reasons == ("This person is 18 or older.",)
    assert shown(family_package, "pregnant", son, sokha).outcome == "unlikely"


def test_how_many_others_are_disabled_is_not_shown(people, family_package):
    sokha = people[0]
    verdict = shown(family_package, "disabled_in_household > 0", sokha, sokha)
    assert verdict.outcome == "more"
    assert "not shown here" in verdict.reasons[0]


def test_ones_own_health_is_said(people, family_package):
    _sokha, maly, _son = people
    assert shown(family_package, "disability", maly, maly).reasons == ("You have a disability.",)


def test_the_official_of_an_assisted_session_and_the_operator_are_told_all(people, family_package):
    maly = people[1]
    assert shown(family_package, "pregnant", maly, None).reasons == ("This person is pregnant.",)
    assert judge(family_package, maly).outcome == "likely"


def test_the_dead_are_nobodys_likely(people, family_package):
    sokha, _maly, son = people
    son.died_on = date(2026, 11, 1)
    assert shown(family_package, "true", son, sokha).outcome == "unlikely"

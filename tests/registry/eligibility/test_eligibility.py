from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from dsp_platform.khmer.dates import PartialDate
from registry.eligibility.known import facts_of
from registry.eligibility.verdict import judge
from registry.models import Household, Person
from registry.persons.reported import set_poverty_level
from registry.registration.services import register_household
from tests.built_once import built_once
from tests.registry.cast import child_details, household_details, person_details

WELL = dict.fromkeys(("seeing", "hearing", "walking", "remembering", "self_care", "communicating"), 1)


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to("2026-11-22T05:00:00Z", tick=False)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@built_once
def household(areas, commune_clerk):
    return register_household(
        actor=commune_clerk,
        details=household_details(
            person_details(**WELL),
            person_details(
                sex="male", relationship="parent", date_of_birth=date(1966, 11, 22), **{**WELL, "walking": 3}
            ),
            child_details(date_of_birth=date(2024, 11, 23)),
        ),
    )


@pytest.fixture
def head(household):
    return Person.objects.get(memberships__relationship="head")


def test_facts_of_a_family(household, head):
    father = Person.objects.get(sex="male")
    facts = facts_of([head.pk, father.pk])
    assert facts[head.pk] == {
        "age": 42,
        "sex": "female",
        "pregnant": None,
        "disability": False,
        "studying": False,  # nobody of 42 is asked
        "working": None,
        "poverty_level": None,
        "is_head": True,
        "household_size": 3,
        "children_under_2": 1,
        "children_under_18": 1,
        "elders_60": 1,
        "disabled_in_household": 1,
        "province_code": "01",
    }
    assert (facts[father.pk]["age"], facts[father.pk]["disability"]) == (60, True)
    assert (facts[father.pk]["pregnant"], facts[father.pk]["is_head"]) == (False, False)


def test_facts_of_many_persons_take_as_many_queries_as_of_one(household, django_assert_num_queries):
    with django_assert_num_queries(2):
        facts_of(list(Person.objects.order_by().values_list("pk", flat=True).all()[:0]) or [1, 2, 3])


def test_an_expired_poverty_level_is_not_known(household, head):
    set_poverty_level(household=household, level="level1", valid_to=date(2026, 11, 21))
    assert facts_of([head.pk])[head.pk]["poverty_level"] is None


def test_more_must_be_told_and_what(head, family_package):
    verdict = judge(family_package, head)
    assert (verdict.outcome, verdict.missing) == ("more", ("poverty_level",))
    assert verdict.reasons == ("The poverty level of the household is not known yet.",)


def test_likely_says_why(household, head, family_package):
    set_poverty_level(household=household, level="level2", valid_to=None)
    verdict = judge(family_package, head)
    assert (verdict.outcome, verdict.missing) == ("likely", ())
    assert verdict.reasons == ("The poverty level of the household is: poor level 2.",)


def test_unlikely_says_only_what_stands_against_it(household, head, family_package):
    set_poverty_level(household=household, level="level2", valid_to=None)
    family_package.rule = 'poverty_level in ["level1", "level2"] && age >= 60'
    verdict = judge(family_package, head)
    assert (verdict.outcome, verdict.reasons) == ("unlikely", ("You are younger than 60.",))


def test_without_a_rule_the_operator_decides(head, family_package):
    family_package.rule = ""
    assert judge(family_package, head).outcome == "more"


def test_every_fact_has_its_words(household, head, family_package):
    rules = {
        "age < 18": "You are 18 or older.",
        "sex == 'male'": "You are a woman.",
        "pregnant": "You have not told us whether you are pregnant.",
        "disability": "You told us of no disability.",
        "is_head": "You are the head of your household.",
        "children_under_2 > 0": "Children under 2 in the household: 1.",
        'province_code in ["02"]': "You live in Banteay Meanchey.",
    }
    for rule, reason in rules.items():
        family_package.rule = rule
        assert judge(family_package, head).reasons == (reason,), rule


@pytest.mark.parametrize(
    ("born", "outcome", "reason", "missing"),
    [
        ("1965", "likely", "You are 60 or older.", ()),
        ("1966", "more", "You are 59 or 60 years old.", ("age",)),
        ("1967", "unlikely", "You are younger than 60.", ()),
        ("1966-10", "likely", "You are 60 or older.", ()),
        ("1966-11", "more", "You are 59 or 60 years old.", ("age",)),
        ("1966-12", "unlikely", "You are younger than 60.", ()),
    ],
)
def test_an_age_that_may_be_one_of_two_decides_where_both_decide_alike(
    head, family_package, born, outcome, reason, missing
):
    head.born = PartialDate.parse(born)
    head.save()
    family_package.rule = "age >= 60"
    verdict = judge(family_package, head)
    assert (verdict.outcome, verdict.reasons, verdict.missing) == (outcome, (reason,), missing)


def test_so_does_a_number_of_members(household, head, family_package):
    child = Person.objects.get(memberships__relationship="child")
    child.born = PartialDate.parse("2024")
    child.save()
    family_package.rule = "children_under_2 > 0"
    verdict = judge(family_package, head)
    assert (verdict.outcome, verdict.missing) == ("more", ("children_under_2",))
    assert verdict.reasons == ("Children under 2 in the household: 0 or 1.",)
    family_package.rule = "children_under_18 == 1"
    assert judge(family_package, head).outcome == "likely"


def test_a_rule_is_checked_before_it_is_kept(family_package):
    family_package.rule = "income < 100"
    with pytest.raises(ValidationError) as raised:
        family_package.full_clean()
    assert "income" in raised.value.message_dict["rule"][0]


def test_a_household_that_everybody_left_tells_nothing(household, head):
    household.memberships.update(ended_on=date(2026, 11, 1))
    facts = facts_of([head.pk])[head.pk]
    assert (facts["household_size"], facts["age"]) == (None, 42)
    assert Household.objects.count() == 1

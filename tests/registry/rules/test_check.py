"""A rule names only values that exist, and says nothing that is always or never so."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from registry.facts.table import FACTS
from registry.models import Area, Programme
from registry.programmes.forms import RuleField
from registry.records.rules import RuleReader
from registry.rules.check import check_rule
from registry.rules.judge import judge_rule
from registry.rules.parse import RuleError, parse_rule


def refusal(rule, language="en"):
    with translation.override(language), pytest.raises(RuleError) as refused:
        check_rule(rule)
    return refused.value


@pytest.mark.parametrize(
    ("rule", "line", "column"),
    [
        ('province_code == "1"', 1, 18),
        ('province_code == "99"', 1, 18),
        ('province_code in ["01", "2"]', 1, 25),
        ('sex == "Female"', 1, 8),
        ('"f" == sex', 1, 1),
        ('poverty_level == "level3"', 1, 18),
        ('age > 5 &&\n  poverty_level != "poor"', 2, 20),
        ("age == 900", 1, 8),
        ("age >= 126", 1, 8),
        ("age in [3, 900]", 1, 12),
        ("household_size == 0", 1, 19),
        ("elders_60 > 41", 1, 13),
    ],
)
def test_a_value_that_no_person_can_have_is_refused_where_it_stands(areas, rule, line, column):
    found = refusal(rule)
    assert (found.line, found.column) == (line, column)


@pytest.mark.parametrize("rule", ["age in []", "sex in []", "!(sex in [])"])
def test_an_empty_list_is_refused(rule):
    assert "list" in refusal(rule).message


@pytest.mark.parametrize(
    "rule",
    [
        "age < 0",
        "age > 125",
        "age >= 0",
        "age <= 125",
        "household_size >= 1",
        "household_size < 1",
        'sex in ["female", "male"]',
        "pregnant in [true, false]",
        'sex == "female" && sex == "male"',
        "age > 60 && is_head && age < 18",
        "age > 60 || is_head || age < 61",
        "pregnant && !(disability || disability == false)",
        "children_under_2 > 40",
    ],
)
def test_what_is_always_or_never_so_is_refused(rule):
    message = refusal(rule).message
    assert "always so" in message or "never so" in message


def test_every_value_that_a_fact_can_have_may_be_named_and_no_other(areas):
    for name, fact in FACTS.items():
        possible = list(fact.possible())
        for value in possible:
            written = f'"{value}"' if isinstance(value, str) else str(value).lower()
            assert judge_rule(check_rule(f"{name} == {written}"), {name: value}) is True
        if fact.type is not bool:
            other = '"nowhere"' if fact.type is str else str(max(possible) + 1)
            assert refusal(f"{name} == {other}").column > len(name)


@pytest.mark.parametrize(
    "enter",
    [lambda rule: Programme(rule=rule).clean(), RuleField().clean, RuleReader().check],
    ids=["catalogue", "admin", "agreement"],
)
def test_it_is_refused_wherever_a_rule_is_entered(enter):
    with translation.override("en"), pytest.raises(ValidationError, match="Line 1, position 8"):
        enter('sex == "Female"')


@pytest.mark.parametrize(
    "rule", ["true", "false", "age >= 60 && age < 70", 'age < 6 || age > 60 && sex != "male"']
)
def test_what_may_be_so_or_not_is_a_rule(rule):
    assert check_rule(rule) == parse_rule(rule)


def test_the_refusal_says_which_values_there_are():
    assert refusal('sex == "Female"').message == (
        '“Female” is no value of “sex”. Its values are: "female", "male"'
    )
    assert refusal("age == 900").message == "“age” is a number from 0 to 125."


@pytest.mark.parametrize(
    "rule", ['sex == "Female"', "age == 900", "age >= 0", "age < 0", "age < 1 && age > 2"]
)
def test_in_khmer_it_is_refused_in_khmer(rule):
    assert refusal(rule, "km").message != refusal(rule).message


def test_a_rule_in_force_is_judged_also_when_a_value_has_gone():
    assert judge_rule(parse_rule('province_code == "99"'), {"province_code": "01"}) is False


def test_a_province_that_is_no_more_is_named_but_no_new_rule_names_it(areas):
    Area.objects.filter(code="02").update(valid_to=date(2020, 1, 1))
    fact = FACTS["province_code"]
    assert [code for code, _name in fact.choices()] == ["01"]
    with translation.override("en"):
        assert fact.label_of("02") == "Battambang"
    with pytest.raises(RuleError):
        check_rule('province_code == "02"')

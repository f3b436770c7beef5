"""Reasons in words: for every fact, comparison and answer, in both languages and grammatical persons."""

import re

import pytest
from django.utils import translation

from registry.eligibility.reasons import sentence
from registry.eligibility.verdict import judge_facts
from registry.facts.table import FACTS
from registry.models import Household, Person, Programme
from registry.rules.nodes import Condition, Not
from registry.rules.parse import parse_rule

HEALTH = {fact.name for fact in FACTS.values() if fact.is_health}
KNOWN = {
    "sex": Person.Sex.values,
    "poverty_level": Household.PovertyLevel.values,
    "province_code": ["01", "99"],
}
LETTER = {"en": re.compile(r"[\u1780-\u17ff]"), "km": re.compile(r"[A-Za-z]")}


def known_values(fact):
    kind = FACTS[fact].type
    return KNOWN.get(fact) or ([0, 1, 17, 60, 131] if kind is int else [True, False])


def conditions(fact):
    for value in known_values(fact):
        yield Condition(fact, "in", (value,))
        yield Condition(fact, "in", ())
        operators = ("==", "!=", "<", "<=", ">", ">=") if FACTS[fact].type is int else ("==", "!=")
        yield from (Condition(fact, operator, value) for operator in operators)


@pytest.mark.parametrize("language", ["km", "en"])
@pytest.mark.parametrize("fact", sorted(FACTS))
def test_every_reason_is_a_sentence_of_its_language(fact, language, areas):
    with translation.override(language):
        for condition in conditions(fact):
            for known in (None, *known_values(fact)):
                for voice in ("you", "they"):
                    for hidden in ((), HEALTH):
                        said = sentence(condition, known, voice, hidden)
                        assert said.endswith("." if language == "en" else "។"), said
                        assert "%" not in said
                        assert not LETTER[language].search(said), said


@pytest.mark.parametrize("rule", ["age >= 60", 'province_code in ["02"]', "pregnant", 'sex != "male"'])
def test_a_negation_does_not_turn_a_reason_into_a_lie(rule, areas):
    """The reason names the fact, so it is the same with and without a "not"."""
    facts = dict.fromkeys(FACTS) | {"age": 42, "province_code": "01", "pregnant": False, "sex": "female"}
    with translation.override("en"):
        plain = judge_facts(Programme(rule=rule), facts)
        turned = judge_facts(Programme(rule=f"!({rule})"), facts)
    assert plain.reasons == turned.reasons
    assert {plain.outcome, turned.outcome} == {"likely", "unlikely"}
    assert isinstance(parse_rule(f"!({rule})"), Not)


def test_the_province_is_named(areas):
    facts = {"province_code": "01"}
    with translation.override("en"):
        assert judge_facts(Programme(rule="province_code in ['02']"), facts).reasons == (
            "You live in Banteay Meanchey.",
        )


@pytest.mark.parametrize(("rule", "outcome"), [("true", "likely"), ("false", "unlikely"), ("", "more")])
def test_a_rule_without_a_fact_gives_a_reason_too(rule, outcome):
    verdict = judge_facts(Programme(rule=rule), dict.fromkeys(FACTS))
    assert verdict.outcome == outcome
    assert all(verdict.reasons)

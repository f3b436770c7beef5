"""Health and daily life asked of a whole household at once."""

import pytest

from registry.facts.table import CIRCUMSTANCES
from registry.persons.circumstances import ANY_DIFFICULTY, SIX
from registry.registration.household_health import WHO, Asked, HouseholdHealthForm, answer_of, chosen_so_far

SOKHA = Asked("a", "សុខា", {"difficulty": "none", "working": "yes"})
PISETH = Asked("b", "ពិសិដ្ឋ", {"difficulty": "some"})
TOGETHER = [SOKHA, PISETH]


def test_every_circumstance_is_asked_of_the_household():
    assert set(WHO) == {ANY_DIFFICULTY, *CIRCUMSTANCES} - set(SIX)


def test_only_what_somebody_is_asked_is_asked():
    assert list(HouseholdHealthForm(members=TOGETHER).fields) == ["difficulty", "working"]


@pytest.mark.parametrize("chosen", [["nobody", "a"], ["unknown", "b"], []])
def test_nobody_and_somebody_contradict_each_other(chosen):
    form = HouseholdHealthForm({"difficulty": chosen, "working": ["a"]}, members=TOGETHER)
    assert form.errors.keys() == {"difficulty"}


def test_what_was_answered_for_each_is_shown_for_all():
    assert chosen_so_far(TOGETHER) == {"difficulty": ["b"], "working": ["a"]}
    assert chosen_so_far([SOKHA]) == {"difficulty": ["nobody"], "working": ["a"]}


def test_what_somebody_was_not_asked_yet_is_open():
    assert chosen_so_far([SOKHA, Asked("b", "", {"difficulty": ""})]) == {"working": ["a"]}


@pytest.mark.parametrize(
    ("name", "chosen", "answer"),
    [
        ("difficulty", ["a"], "some"),
        ("difficulty", ["nobody"], "none"),
        ("working", ["b"], "no"),
        ("working", ["unknown"], "unknown"),
    ],
)
def test_each_has_the_answer_of_their_own_page(name, chosen, answer):
    assert answer_of(name, "a", chosen) == answer

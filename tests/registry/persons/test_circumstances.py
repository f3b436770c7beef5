"""The questions on health: one about all six difficulties, and each of them only where it is needed."""

import pytest
from django.test import RequestFactory
from django.utils import translation

from dsp_platform.wizard.questions import CHECK, Key
from registry.facts.circumstances import DIFFICULTIES
from registry.models import Person
from registry.persons.circumstances import SIX, recorded, told
from registry.persons.forms import CircumstancesForm
from registry.registration.answers import circumstances_of
from registry.registration.wizard import RegistrationWizard

GRANDMOTHER = {"id": 1, "done": [], "sex": "female", "born": "1950"}


@pytest.fixture
def wizard():
    return RegistrationWizard({"members": [dict(GRANDMOTHER)], "no_more": True})


def names_after(wizard, **answer):
    wizard.put(Key("circumstances", 1), answer)
    order = wizard.order()
    return [key.name for key in order[order.index(Key("circumstances", 1)) + 1 :]]


def test_it_begins_with_no_difficulty_at_all():
    fields = CircumstancesForm(member=GRANDMOTHER).fields
    assert next(iter(fields)) == "difficulty"
    assert [answer for answer, _label in fields["difficulty"].choices] == ["none", "some", "unknown"]
    assert set(SIX).isdisjoint(fields)


def test_of_a_baby_nothing_is_asked():
    assert not CircumstancesForm(member=GRANDMOTHER | {"born": "2026-01-01"}).fields


@pytest.mark.parametrize("answer", ["none", "unknown", ""])
def test_without_a_difficulty_no_page_asks_each(wizard, answer):
    assert names_after(wizard, difficulty=answer) == [CHECK]


def test_with_a_difficulty_the_next_page_asks_each(wizard):
    assert names_after(wizard, difficulty="some") == ["difficulties", CHECK]
    form = wizard.form(RequestFactory().get("/"), Key("difficulties", 1))
    assert list(form.fields) == list(SIX)
    assert [answer for answer, _label in form.fields["seeing"].choices] == ["1", "2", "3", "4", "unknown"]


def test_none_at_all_is_stored_for_each_of_the_six(wizard):
    names_after(wizard, difficulty="none", working="no")
    assert circumstances_of(wizard.member(1)) == dict.fromkeys(SIX, 1) | {"working": False}


def test_what_was_told_of_each_is_forgotten_when_there_is_none(wizard):
    names_after(wizard, difficulty="some")
    wizard.put(Key("difficulties", 1), {"seeing": "3", "hearing": "unknown"})
    assert circumstances_of(wizard.member(1)) == {"seeing": 3}
    names_after(wizard, difficulty="none")
    assert circumstances_of(wizard.member(1))["seeing"] == 1
    names_after(wizard, difficulty="")
    assert circumstances_of(wizard.member(1)) == {}


def words(wizard, question):
    with translation.override("en"):
        (row,) = wizard.questions[question].rows(wizard.member(1), {})
        return row.words.splitlines()


def test_the_check_page_says_what_was_told(wizard):
    names_after(wizard, difficulty="some", working="yes")
    wizard.put(Key("difficulties", 1), {"seeing": "3"} | dict.fromkeys(SIX[2:], "1"))
    assert words(wizard, "circumstances") == ["Difficulties: asked one by one", "Works or earns money? Yes"]
    seeing = "Difficulty seeing, even if wearing glasses: Yes - a lot of difficulty"
    said = words(wizard, "difficulties")
    assert (said[0], said[-1]) == (seeing, "Answers not known: 1")
    assert [line.partition(": ")[2] for line in said[1:-1]] == ["No - no difficulty"] * 4
    names_after(wizard, difficulty="none", working="")
    assert words(wizard, "circumstances") == ["No difficulties", "Answers not known: 1"]
    names_after(wizard, difficulty="", working="no")
    assert words(wizard, "circumstances") == ["Works or earns money? No", "Answers not known: 6"]


@pytest.mark.parametrize(
    ("stored", "shown"), [([1] * 6, "none"), ([None] * 6, "unknown"), ([1, 1, None, 1, 1, 1], "some")]
)
def test_what_is_recorded_is_shown_as_it_would_be_told(stored, shown):
    person = Person(sex="female", **dict(zip(SIX, stored, strict=True)))
    answers = recorded(person)
    assert answers["difficulty"] == shown
    assert [told(answers, answers)[name] for name in SIX] == [
        "unknown" if one is None else str(one) for one in stored
    ]


@pytest.fixture
def in_english():
    with translation.override("en"):
        yield


@pytest.mark.usefixtures("in_english")
def test_the_questions_are_those_of_the_washington_group():
    assert [str(one.question) for one in DIFFICULTIES] == [
        "Does this person have difficulty seeing, even if wearing glasses?",
        "Does this person have difficulty hearing, even if using a hearing aid?",
        "Does this person have difficulty walking or climbing steps?",
        "Does this person have difficulty remembering or concentrating?",
        "Does this person have difficulty with self-care, such as washing all over or dressing?",
        "Using their usual language, does this person have difficulty communicating, for example "
        "understanding or being understood?",
    ]
    assert [str(label) for label in Person.Difficulty.labels] == [
        "No - no difficulty",
        "Yes - some difficulty",
        "Yes - a lot of difficulty",
        "Cannot do at all",
    ]

"""No way in goes round the table of what cannot be and what is rare.

Every kind of change and wizard that says who is born, has died, marries, leads or is related to whom is
walked with a rule that always finds something.
"""

import ast
import zlib
from datetime import date

import pytest

from applications.answer_views import QuestionView
from dsp_platform.khmer.dates import PartialDate
from dsp_platform.wizard.questions import Key
from registry.changes.context import HouseholdContext
from registry.changes.kinds import KINDS
from registry.changes.outcome import findings_of
from registry.changes.questions import QUESTIONS
from registry.changes.wizard import ChangeWizard
from registry.errors import ChangeError
from registry.persons.households import members_of
from registry.persons.validation import problems_of
from registry.plausibility import findings
from registry.plausibility.cases import Case
from registry.plausibility.rules import Limits, Rule
from registry.plausibility.situation import Member
from registry.plausibility.wizard import RARE, Implausible, PlausibilityWizard
from registry.registration.services import register_household
from registry.registration.wizard import RegistrationWizard
from tests.built_once import built_once
from tests.packages import BASE, PACKAGES
from tests.registry.cast import BOPHA_BORN, child_details, household_details, person_details
from tests.registry.changes.cast import ask, every_answer
from tests.structure.test_check_pages import with_check_page
from tests.structure.test_imports import sources, tree

# Questions whose answers the rules judge, and the others. A new question needs its place.
JUDGED = {
    "name", "sex", "birth", "relationship", "mother", "died", "head", "relationships", "living", "where",
    "payee",
}  # fmt: skip
OTHERS = {
    "who",
    "known",
    "document",
    "place",
    "address",
    "phone",
    "circumstances",
    "difficulties",
    RARE,
}


def find_always(monkeypatch, **limits: Limits) -> None:
    """A rule that finds something else in every other situation."""

    def cases(situation):
        number = zlib.crc32(repr(situation).encode())
        one = Member(key=str(number), name="X", born=PartialDate(date(2000, 1, 1)))
        yield Case({"one": one}, number, number)

    words = {"refusal": "impossible: %(one)s", "statement": "rare: %(one)s"}
    rule = Rule(code="always", title="", unit="", cases=cases, **words, **limits)
    monkeypatch.setattr(findings, "RULES", (rule,))
    monkeypatch.setitem(findings.RULE_OF, rule.code, rule)


@pytest.fixture
def everything_rare(monkeypatch):
    find_always(monkeypatch, rare=Limits(above=0))


@pytest.fixture
def everything_impossible(monkeypatch):
    find_always(monkeypatch, impossible=Limits(above=0))


@built_once
def family(areas, sokha):
    husband = person_details(given_name="វណ្ណា", sex="male", relationship="spouse", date_of_birth=BOPHA_BORN)
    details = household_details(person_details(), husband, child_details())
    return register_household(actor=sokha, details=details)


def wizard_of(kind: str, family) -> ChangeWizard:
    members = members_of(family)
    return ChangeWizard(
        KINDS[kind], HouseholdContext(family, members, members[0].person), every_answer(family)
    )


def is_judged(wizard: ChangeWizard) -> bool:
    return any(key.name in JUDGED for key in wizard.order())


@pytest.mark.django_db
def test_every_question_of_a_change_has_an_answer(family):
    """So every kind is walked to its end, here and on its pages."""
    assert every_answer(family).keys() == QUESTIONS.keys() - {RARE}


def test_every_question_of_a_change_has_its_place():
    assert QUESTIONS.keys() == JUDGED | OTHERS
    assert not JUDGED & OTHERS


@pytest.mark.django_db
@pytest.mark.usefixtures("everything_rare")
@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_that_sets_such_a_fact_asks_what_is_rare_and_is_not_sent_without_an_answer(
    family, sokha, kind
):
    wizard = wizard_of(kind, family)
    assert (Key(RARE) in wizard.order()) == is_judged(wizard)
    if is_judged(wizard):
        with pytest.raises(ChangeError, match="ខ្វះចម្លើយ"):
            ask(sokha, kind, **wizard.answers)
        facts = [one.fact for one in wizard.asked_about(Key(RARE))]
        wizard.put(Key(RARE), {"right": "yes", "confirmed": facts})
        assert ask(sokha, kind, **wizard.answers).answers[RARE]["confirmed"] == facts


@pytest.mark.django_db
@pytest.mark.usefixtures("everything_impossible")
@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_that_sets_such_a_fact_refuses_what_cannot_be(family, sokha, kind):
    wizard = wizard_of(kind, family)
    if is_judged(wizard):
        with pytest.raises(ChangeError, match="impossible: X"):
            ask(sokha, kind, **wizard.answers)
    else:
        assert findings_of(wizard.kind, wizard.answers, wizard.context, wizard.person) is not None
        assert wizard.is_complete


# Answers to a programme's questions go to its reviewers; nothing of them becomes a fact about a person.
WITHOUT_FACTS = {QuestionView}


def test_every_wizard_with_a_check_page_refuses_at_the_page_where_it_is_typed():
    assert {view.refusals for view in with_check_page() - WITHOUT_FACTS} == {(Implausible,)}
    assert issubclass(RegistrationWizard, PlausibilityWizard)


@pytest.mark.usefixtures("everything_rare")
def test_a_registration_is_judged_as_a_whole():
    assert [problem.field for problem in problems_of(household_details())] == [RARE]


def test_only_what_the_rules_have_judged_writes_persons_and_memberships():
    """Another door to these methods needs the rules too."""
    writes = {"add_person", "add_membership", "add_household", "update_membership"}
    callers = {
        str(path.relative_to(BASE).parent)
        for path in sources(*PACKAGES)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in writes
    }
    assert callers == {
        "registry/changes/apply",
        "registry/deaths",
        "registry/imports/writing",
        "registry/merging",
        "registry/registration",
    }

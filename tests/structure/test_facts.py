"""A fact is declared in one row of the table; no other module names it to say more of it."""

import ast
from dataclasses import replace

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import reverse
from django.utils import translation

from dsp_platform.wizard.questions import CHECK, Key
from registry.changes.kinds import KINDS
from registry.eligibility.known import facts_of
from registry.eligibility.rule_help import fact_list
from registry.eligibility.rule_words import rule_in_words
from registry.eligibility.telling import Telling
from registry.eligibility.verdict import judge, judge_facts
from registry.facts.circumstances import AskedOf, Circumstance, from_age
from registry.facts.fact import Fact, FactQuestion
from registry.facts.table import CIRCUMSTANCES, FACTS
from registry.models import Household, Person, Programme
from registry.persons.forms import CircumstancesForm
from registry.programmes import check_wizard
from registry.registration import questions
from registry.rules.names import TYPES
from registry.rules.parse import RuleError, parse_rule
from tests.registry.eligibility.meeting import persons_meeting
from tests.structure.test_imports import sources, tree

# Facts that a module reads for itself: what decides who is asked, and which numbers can be.
NAMED = {
    "programmes/check_bounds.py": {"age", "household_size"},
    "programmes/check_questions.py": {"age", "sex"},
    "programmes/check_wizard.py": {"age", "sex"},
}


def test_a_fact_is_declared_in_one_place():
    found = {
        str(path).partition("registry/")[2]: {
            node.value for node in ast.walk(tree(path)) if isinstance(node, ast.Constant)
        }
        & FACTS.keys()
        for path in sources("registry")
        if path.parent.name in ("rules", "eligibility") or path.name.startswith("check_")
    }
    assert {name: facts for name, facts in found.items() if facts} == NAMED


@pytest.mark.parametrize("fact", FACTS.values(), ids=lambda fact: fact.name)
def test_a_fact_is_read_from_the_models_in_one_way(fact):
    ways = [fact.of_person, fact.of_membership, fact.of_members]
    assert sum(way is not None for way in ways) == 1
    assert not fact.is_counted or fact.of_members
    assert (isinstance(fact.known, dict) and fact.known.keys() == {True, False}) == (fact.type is bool)


@pytest.mark.django_db
def test_what_is_reported_by_a_change_has_a_kind_of_change_and_a_link_to_it():
    by_change = {fact.reported_in for fact in FACTS.values()} - {"assessment", "household"}
    assert by_change == {"circumstances", "birth-date"}
    assert by_change <= KINDS.keys()
    person = Person(pk=1)
    for kind in by_change:
        page = Template("{% load eligibility_tags %}{% where_to_tell telling person %}").render(
            Context({"telling": Telling(here=((kind, person),)), "person": person})
        )
        linked = {one for one in by_change if reverse("registry:change", args=[one]) in page}
        assert linked == {kind}


RULE = "speaks_khmer && age >= 18"
NEW = Fact(
    name="speaks_khmer",
    type=bool,
    sql="(person.language = 'km')",
    of_person=lambda person, _today: person.language == "km",
    label="Khmer",
    meaning="Is written to in Khmer.",
    asked_of=AskedOf(ages=from_age(1)),
    question=FactQuestion(heading="Do you speak Khmer?", of_other="Does this person speak Khmer?"),
    unknown=("You have not told us.", "It is not known."),
    known={True: ("You speak it.", "They speak it."), False: ("You do not.", "They do not.")},
)


@pytest.fixture
def new_fact(monkeypatch):
    with pytest.raises(RuleError):
        parse_rule(RULE)
    monkeypatch.setitem(FACTS, NEW.name, NEW)
    monkeypatch.setitem(TYPES, NEW.name, NEW.type)
    parse_rule.cache_clear()
    with translation.override("en"):
        yield NEW
    parse_rule.cache_clear()


def test_a_new_row_is_asked_where_a_programme_needs_it(new_fact):
    wizard = check_wizard.CheckWizard({"whom": "me", "age": 30}, [Programme(rule=RULE)])
    key = wizard.first_open()
    assert (key, wizard.heading(key.name)) == (Key(new_fact.name), "Do you speak Khmer?")
    form = wizard.form(RequestFactory().get("/"), key)
    assert isinstance(form.fields["answer"].widget, forms.RadioSelect)
    wizard.put(key, {"answer": True})
    assert wizard.first_open() == Key(CHECK)
    assert wizard.rows()[-1] == (new_fact.name, "Do you speak Khmer?", "Yes")
    assert check_wizard.unseal(check_wizard.seal(wizard.answers)) == wizard.answers
    assert check_wizard.facts_of({"age": 0})[new_fact.name] is False


@pytest.mark.django_db
def test_a_new_row_is_read_by_rules_in_python_and_in_sql(new_fact, areas):
    home = Household.objects.create(number="H1", village_id="01020101")
    for number, language in enumerate(["km", "en"]):
        person = Person.objects.create(
            spid=f"{number:012}", given_name="ក", name_key="ក", date_of_birth="1990-01-01", sex="female",
            village_id="01020101", language=language,
        )  # fmt: skip
        home.memberships.create(person=person, relationship="child", started_on="2020-01-01")
    khmer, english = Person.objects.order_by("pk")
    assert [facts[new_fact.name] for facts in facts_of([khmer.pk, english.pk]).values()] == [True, False]
    assert persons_meeting(parse_rule(RULE)) == [khmer.pk]
    assert judge(Programme(rule=RULE), english).reasons == ("You do not.",)


@pytest.mark.django_db
def test_a_new_row_has_its_words_everywhere(new_fact):
    assert rule_in_words(RULE) == "Khmer: yes and Age: 18 or more"
    assert (new_fact.name, "yes or no", "Is written to in Khmer.") in list(fact_list())
    verdict = judge_facts(Programme(rule=RULE), dict.fromkeys(FACTS) | {"age": 20})
    assert (verdict.reasons, verdict.missing) == (("You have not told us.",), (new_fact.name,))


def test_a_new_stored_answer_is_asked_of_whom_its_row_says(monkeypatch):
    smokes = Circumstance(name="smokes", label="Smokes?")
    women = AskedOf(ages=from_age(15), sex="female")
    row = replace(NEW, name=smokes.name, circumstances=(smokes,), asked_of=women)
    monkeypatch.setitem(CIRCUMSTANCES, smokes.name, smokes)
    monkeypatch.setitem(FACTS, row.name, row)
    child, adult, man = (
        {"born": f"{year}-01-01", "sex": sex}
        for year, sex in ((2020, "female"), (1980, "female"), (1980, "male"))
    )
    assert "smokes" not in CircumstancesForm(member=child).fields
    assert "smokes" not in CircumstancesForm(member=man).fields
    assert CircumstancesForm(member=adult).fields["smokes"].label == "Smokes?"
    with translation.override("en"):
        ((_label, words),) = questions.QUESTIONS["circumstances"].in_words(adult | {"smokes": "yes"}, {})
    assert "Smokes? Yes" in words.splitlines()
    assert [smokes.answer(smokes.stored(given)) for given in ("yes", "no", "unknown")] == [
        "yes",
        "no",
        "unknown",
    ]

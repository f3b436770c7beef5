"""What is missing for a verdict can be told: on a page that asks this reader, or the page says by whom."""

from dataclasses import replace
from datetime import date
from itertools import product

import pytest
from django.db import connection
from django.test import RequestFactory

from dsp_platform.khmer.dates import PartialDate
from dsp_platform.wizard.questions import CHECK, Key
from registry.changes.context import HouseholdContext
from registry.changes.kinds import KINDS
from registry.changes.wizard import ChangeWizard
from registry.eligibility import telling, verdict
from registry.eligibility.sql import today_values
from registry.eligibility.telling import who_tells
from registry.eligibility.verdict import Verdict, judge_shown
from registry.facts.circumstances import DIFFICULTIES, DIFFICULTY, YES_NO
from registry.facts.fact import number
from registry.facts.of_person import DIFFICULTIES_ASKED_OF, _is_asked_sql
from registry.facts.table import FACTS
from registry.models import Household, Membership, Person, Programme
from registry.persons import ages
from registry.programmes.check_wizard import CheckWizard, facts_of

TODAY = date(2026, 11, 22)
AGES = (0, 1, 2, 3, 5, 11, 12, 14, 15, 16, 30, 31, 45, 55, 56, 70)
SEXES = ("female", "male")


def rule_of(fact):
    if fact.type is str:
        return f'{fact.name} == "{next(iter(fact.possible()))}"'
    return f"{fact.name} == true" if fact.type is bool else f"{fact.name} > 1"


# Everybody lives in a province, so it is never missing; its name would be read from the database.
RULES = {fact.name: rule_of(fact) for fact in FACTS.values() if fact.name != "province_code"}
YES_OR_NO = [fact for fact in FACTS.values() if fact.circumstances]


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to("2026-11-22T05:00:00Z", tick=False)


@pytest.fixture(autouse=True)
def no_corrections(monkeypatch):
    """Nobody's date of birth was corrected."""
    monkeypatch.setattr(ages, "_history", lambda persons: [])


def someone(pk, age, sex="female", **told):
    born = TODAY.replace(year=TODAY.year - age)
    return Person(
        pk=pk, spid=f"{pk:012}", given_name="ក", sex=sex, date_of_birth=born, village_id="01020101", **told
    )


@pytest.fixture
def live_together(monkeypatch):
    """Put persons into one household, without a database; nobody into none."""

    def put(*persons):
        household = Household(pk=1, number="H1", village_id="01020101") if persons else None
        members = [
            Membership(pk=one.pk, household=household, person=one, relationship="child" if place else "head")
            for place, one in enumerate(persons)
        ]
        for module in (verdict, telling):
            monkeypatch.setattr(module, "household_of", lambda person: household)
            monkeypatch.setattr(module, "members_of", lambda household: members)
        return household, members

    return put


def asks(kind, person, teller, household, members, fact):
    """Whether this change, asked for by ``teller``, has a page that asks this person what is missing."""
    context = HouseholdContext(home=household, members=members, subject=teller)
    wizard = ChangeWizard(KINDS[kind], context, {"who": {"person": person.spid}})
    assert person in [one.person for one in wizard.choices]
    wizard.answers["circumstances"] = {"difficulty": "some"}
    wanted = {one.name for one in FACTS[fact.counts or fact.name].circumstances} or {"born"}
    fields = set()
    for key in wizard.order():
        if key.name not in ("who", CHECK):
            fields |= set(wizard.form(RequestFactory().get("/"), key).fields)
    return wanted <= fields


@pytest.mark.parametrize("is_official", [False, True])
def test_what_is_missing_can_always_be_told(live_together, is_official):
    """Of themself, a child, another adult; for a member of the household, and for an official."""
    for relation, age, sex, (name, rule) in product(("self", "other"), AGES, SEXES, RULES.items()):
        teller = someone(1, age, sex) if relation == "self" else someone(1, 40)
        about = teller if relation == "self" else someone(2, age, sex)
        members = [teller, someone(2, 7)] if relation == "self" else [teller, about, someone(3, 50)]
        household, memberships = live_together(*members)
        (said,) = judge_shown([Programme(rule=rule)], about, None if is_official else teller)
        way = who_tells(said, about, teller)
        where = (relation, age, sex, name)
        if said.outcome != "more":
            assert way == telling.Telling(), where
            continue
        assert way.here or way.by_others or way.by_assessment, where
        assert not way.without_household, where
        for kind, person in way.here:
            assert asks(kind, person, teller, household, memberships, FACTS[name]), where
        assert not {one.pk for one in way.by_others} & ages.told_by(teller, members), where


def test_whoever_is_told_everything_has_a_verdict(live_together):
    """After all questions that are asked of them are answered, nothing of a person is missing."""
    for age, sex in product(AGES, SEXES):
        person = someone(1, age, sex)
        live_together(person)
        for fact in YES_OR_NO:
            if fact.asked_of.includes(range(age, age + 1), sex):
                for one in fact.circumstances:
                    setattr(person, one.name, False if one.answers == YES_NO else 1)
        assert all(one.answers in (YES_NO, DIFFICULTY) for fact in YES_OR_NO for one in fact.circumstances)
        for fact in YES_OR_NO:
            (said,) = judge_shown([Programme(rule=RULES[fact.name])], person, person)
            assert (said.outcome, said.missing) == ("unlikely", ()), (age, sex, fact.name)


def test_what_was_told_before_counts_only_as_long_as_it_is_asked(live_together):
    """Otherwise nobody could take it back."""
    for name, age, sex in (("pregnant", 56, "female"), ("pregnant", 30, "male"), ("studying", 31, "male")):
        person = someone(1, age, sex, **{name: True})
        live_together(person)
        assert judge_shown([Programme(rule=name)], person, person)[0].outcome == "unlikely"


@pytest.mark.django_db
def test_whom_a_question_is_asked_of_is_one_rule_in_python_in_sql_and_by_what_is_known():
    """Of every age and sex, and of those born in a year or a month that leaves the age open."""
    born = [
        PartialDate(date(TODAY.year - age, *day), precision)
        for age in range(131)
        for day in ((1, 1), (11, 1), (11, 22), (11, 23))
        for precision in ("day", "month", "year")
    ]
    people = [Person(date_of_birth=one.first, birth_precision=one.precision, sex=sex)
              for one in dict.fromkeys(born) for sex in SEXES]  # fmt: skip
    rules = {fact.asked_of: fact for fact in FACTS.values()}
    rules.setdefault(DIFFICULTIES_ASKED_OF, FACTS["disability"])
    columns = ", ".join(_is_asked_sql(one) for one in rules)
    rows = ", ".join(
        f"({place}, '{one.date_of_birth}'::date, '{one.birth_precision}', '{one.sex}')"
        for place, one in enumerate(people)
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns} FROM (VALUES {rows})"
            " person(place, date_of_birth, birth_precision, sex) ORDER BY place",
            today_values(),
        )
        in_sql = cursor.fetchall()
    for person, answers in zip(people, in_sql, strict=True):
        ages = person.born.ages_on(TODAY)
        known = {"age": number(ages[0], ages[-1]), "sex": person.sex}
        for (asked_of, fact), answer in zip(rules.items(), answers, strict=True):
            where = (person.born, person.sex, fact.name)
            assert asked_of.includes(ages, person.sex) is answer, where
            assert replace(fact, asked_of=asked_of).is_surely_no(known) is not answer, where


def test_nobody_is_surely_not_asked_while_age_or_sex_may_still_say_otherwise():
    for fact, sex in product(FACTS.values(), (None, *SEXES)):
        of_sex = fact.asked_of.sex in ("", sex or fact.asked_of.sex)
        assert fact.is_surely_no({"age": None, "sex": sex}) is not of_sex, (fact.name, sex)


def test_an_identified_disability_counts_at_every_age(live_together):
    baby = someone(1, 0, disability_level="severe")
    live_together(baby)
    assert judge_shown([Programme(rule="disability")], baby, None)[0].outcome == "likely"


def test_without_an_account_the_same_is_asked_and_decided(live_together):
    for age, sex in product(AGES, SEXES):
        person, answers = someone(1, age, sex), {"whom": "me", "age": age, "sex": sex}
        live_together(person)
        for fact in YES_OR_NO:
            assert facts_of(answers)[fact.name] is fact.of_person(person, TODAY), (age, sex, fact.name)
            first = CheckWizard(answers, [Programme(rule=RULES[fact.name])]).first_open()
            asked = fact.asked_of.includes(range(age, age + 1), sex)
            assert first == Key(fact.name if asked else CHECK), (age, sex, fact.name)


def test_a_parent_is_shown_the_health_of_a_child_which_they_tell(live_together):
    mother, child = someone(1, 40), someone(2, 7, **{one.name: 1 for one in DIFFICULTIES} | {"seeing": 4})
    live_together(mother, child)
    for rule in ("disability", "disabled_in_household > 0"):
        assert judge_shown([Programme(rule=rule)], child, mother)[0].outcome == "likely", rule


def test_of_whom_another_adults_health_depends_on_is_the_same_whatever_they_told(live_together):
    mother = someone(1, 40, **{one.name: 1 for one in DIFFICULTIES})
    ways = []
    for told in ({}, {one.name: 4 for one in DIFFICULTIES}, {one.name: 1 for one in DIFFICULTIES}):
        live_together(mother, someone(2, 30, **told))
        (said,) = judge_shown([Programme(rule="disabled_in_household > 0")], mother, mother)
        ways.append(who_tells(said, mother, mother))
    assert ways[0] == ways[1] == ways[2]
    assert [one.pk for one in ways[0].by_others] == [2]


def test_whoever_is_asked_nothing_cannot_be_chosen_on_a_page_that_would_ask_nothing(live_together):
    mother, toddler, newborn = someone(1, 30), someone(2, 2), someone(3, 0)
    household, members = live_together(mother, toddler, newborn)
    context = HouseholdContext(home=household, members=members, subject=mother)
    choices = ChangeWizard(KINDS["circumstances"], context, {}).choices
    assert [one.person for one in choices] == [mother, toddler]


def test_without_a_household_the_office_is_first(live_together):
    alone = someone(1, 40)
    live_together()
    for name, rule in RULES.items():
        (said,) = judge_shown([Programme(rule=rule)], alone, alone)
        assert who_tells(said, alone, alone).without_household is (said.outcome == "more"), name


def test_a_year_of_birth_alone_leads_to_the_date_of_birth_of_whom_it_matters(live_together):
    for age, rule in ((60, "age >= 60"), (60, "elders_60 > 0"), (18, "children_under_18 > 0")):
        head, other = someone(1, 40), someone(2, age, birth_precision="year")
        household, members = live_together(head, other)
        (said,) = judge_shown([Programme(rule=rule)], other, head)
        way = who_tells(said, other, head)
        assert (said.outcome, way.here) == ("more", (("birth-date", other),)), rule
        assert asks("birth-date", other, head, household, members, FACTS["age"])


def test_an_age_that_is_not_known_leads_to_the_date_of_birth(live_together):
    child = someone(1, 14)
    household, members = live_together(child)
    said = Verdict("more", (), ("age",))
    assert who_tells(said, child, child).here == (("birth-date", child),)
    assert asks("birth-date", child, child, household, members, FACTS["age"])

"""Property: judging one person gives the same verdict as the SQL statement over the whole registry."""

from datetime import date

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dsp_platform.khmer.dates import PartialDate
from registry.eligibility import sql
from registry.eligibility.known import facts_of
from registry.eligibility.sql import matching
from registry.facts.circumstances import DIFFICULTIES
from registry.facts.table import FACTS
from registry.models import Household, Membership, Person
from registry.rules.judge import judge_rule
from registry.rules.nodes import And, Condition, Constant, Not, Or, facts_named
from registry.rules.parse import RuleError, parse_rule
from tests.registry.eligibility.meeting import persons_meeting

MORNINGS = ("2026-11-21T18:00:00Z", "2027-02-27T18:00:00Z", "2028-02-28T18:00:00Z")
"""Already the next day in Cambodia: an ordinary one, 28 February, and 29 February."""

NUMBERS = st.sampled_from([-1, 0, 1, 2, 3, 5, 17, 18, 19, 59, 60, 61, 2**70])
WORDS = {
    "sex": ["female", "male", "", "'; DROP TABLE registry_person; --"],
    "poverty_level": [*Household.PovertyLevel.values, "", "%s"],
    "province_code": ["01", "02", "010", ""],
}


def values_of(fact):
    kind = FACTS[fact].type
    return NUMBERS if kind is int else st.booleans() if kind is bool else st.sampled_from(WORDS[fact])


@st.composite
def conditions(draw):
    fact = draw(st.sampled_from(sorted(FACTS)))
    operators = ["==", "!=", "in", *(("<", "<=", ">", ">=") if FACTS[fact].type is int else ())]
    operator = draw(st.sampled_from(operators))
    if operator == "in":
        return Condition(fact, "in", tuple(draw(st.lists(values_of(fact), max_size=3))))
    return Condition(fact, operator, draw(values_of(fact)))


rules = st.recursive(
    st.builds(Constant, st.booleans()) | conditions(),
    lambda inner: st.builds(Not, inner) | st.builds(And, inner, inner) | st.builds(Or, inner, inner),
    max_leaves=6,
)


@st.composite
def births(draw, today):
    """Around the birthdays at which an age limit applies, and anywhere else; known more or less exactly."""
    years = draw(st.sampled_from([0, 1, 2, 3, 5, 12, 15, 18, 31, 42, 56, 60]))
    born = draw(st.sampled_from([(1, 1), (2, 28), (2, 29), (3, 1), (12, 31), (today.month, today.day)]))
    try:
        day = date(today.year - years, *born)
    except ValueError:
        day = date(today.year - years, 3, 1)
    return PartialDate(day, draw(st.sampled_from(["day", "day", "month", "year"])))


@st.composite
def persons(draw, today):
    answers = st.none() | st.integers(1, 4)
    well = draw(st.booleans())  # otherwise one in a thousand would have answered all six questions
    return {
        "sex": draw(st.sampled_from(Person.Sex.values)),
        "born": draw(births(today)),
        "village_id": draw(st.sampled_from(["01020101", "02010101"])),
        **{one.name: draw(st.sampled_from([1, 2]) if well else answers) for one in DIFFICULTIES},
        **{fact: draw(st.sampled_from([None, True, False])) for fact in ("pregnant", "studying", "working")},
        "disability_level": draw(st.sampled_from(["", "", "", "mild"])),
        "gone": draw(st.sampled_from(["", "", "", "", "died", "merged"])),
        "membership": draw(st.sampled_from(["open", "open", "open", "ended", "none"])),
    }


@st.composite
def households(draw, today):
    return {
        "poverty_level": draw(st.sampled_from(["", *Household.PovertyLevel.values])),
        "poverty_valid_to": draw(
            st.sampled_from([None, today, today.replace(day=1), date(2020, 1, 1), date(2040, 1, 1)])
        ),
        "members": draw(st.lists(persons(today), min_size=1, max_size=4)),
    }


def without(values, *names):
    return {name: value for name, value in values.items() if name not in names}


def store(homes, today):
    number = 0
    for place, home in enumerate(homes):
        household = Household.objects.create(
            number=f"H{place}", village_id="01020101", **without(home, "members")
        )
        for position, member in enumerate(home["members"]):
            number += 1
            gone, membership = member["gone"], member["membership"]
            details = without(member, "gone", "membership")
            person = Person(spid=f"{number:012}", given_name="ក", name_key="ក", given_key="ក", **details)
            person.died_on = today if gone == "died" else None
            person.merged_into = Person.objects.order_by("pk").first() if gone == "merged" else None
            person.save()
            if membership != "none":
                household.memberships.create(
                    person=person,
                    relationship="head" if position == 0 else "child",
                    started_on=date(2020, 1, 1),
                    ended_on=today if membership == "ended" else None,
                )


def living():
    found = Person.objects.filter(merged_into=None, died_on=None).order_by("pk")
    return list(found.values_list("pk", flat=True))


@pytest.mark.django_db
@pytest.mark.parametrize("morning", MORNINGS)
def test_one_person_and_the_whole_registry_are_judged_alike(morning, areas, time_machine):
    time_machine.move_to(morning, tick=False)
    today = timezone.localdate()

    # No shrinking: every attempt builds households and would take minutes.
    @settings(
        phases=[Phase.generate],
        max_examples=40,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    @given(st.lists(households(today), min_size=1, max_size=3), st.lists(rules, min_size=4, max_size=10))
    def agree(homes, many):
        with transaction.atomic():
            store(homes, today)
            facts = facts_of(living())
            assert facts_by_sql() == facts
            for rule in many:
                assert_agree(rule, facts)
            transaction.set_rollback(True)

    agree()


def facts_by_sql():
    """Every fact of every person, as the statements over the whole registry compute it."""
    columns = ", ".join(f"{fact.column}, {fact.most_column or 'NULL'}" for fact in FACTS.values())
    query = f"SELECT person.id, {columns} FROM {sql._tables(FACTS)} WHERE {sql.LIVING}"
    with connection.cursor() as cursor:
        cursor.execute(query, sql.today_values())
        rows = {pk: zip(values[::2], values[1::2], strict=True) for pk, *values in cursor.fetchall()}
    return {pk: dict(zip(FACTS, map(known, pairs), strict=True)) for pk, pairs in rows.items()}


def known(pair):
    least, most = pair
    return least if most in (None, least) else range(least, most + 1)


def assert_agree(rule, facts):
    verdicts = {pk: judge_rule(rule, facts[pk]) for pk in sorted(facts)}
    assert persons_meeting(rule) == [pk for pk, verdict in verdicts.items() if verdict is True]
    asked = sorted(facts)[::2]  # the same for a subset
    assert persons_meeting(rule, among=asked) == [pk for pk in asked if verdicts[pk] is True]
    assert persons_meeting(Not(rule)) == [pk for pk, verdict in verdicts.items() if verdict is False]
    found = matching(rule)
    counts = list(verdicts.values())
    assert (found.likely, found.unlikely, found.unknown) == tuple(map(counts.count, (True, False, None)))
    for missing in found.missing:
        untold = [pk for pk, known in facts.items() if isinstance(known[missing.fact], range | None)]
        assert missing.persons == len(untold)
        assert missing.waiting == sum(verdicts[pk] is None for pk in untold)


@pytest.fixture
def family(areas):
    """An old man of unknown poverty level and a girl of ten; and somebody whose second record was merged."""
    home = Household.objects.create(number="H1", village_id="01020101")
    for number, (born, role) in enumerate([("1950-05-05", "head"), ("2016-05-05", "child")]):
        person = Person.objects.create(
            spid=f"{number:012}",
            given_name="ក",
            name_key="ក",
            sex="male",
            date_of_birth=born,
            village_id="01020101",
        )
        home.memberships.create(person=person, relationship=role, started_on="2020-01-01")
    return home


def test_what_a_new_rule_would_change(family):
    found = matching(parse_rule("age < 18"), parse_rule("age >= 60"))
    assert (found.likely, found.unlikely, found.gained, found.lost) == (1, 1, 1, 1)
    same = matching(parse_rule("age < 18"))
    assert (same.gained, same.lost) == (0, 0)


def test_a_verdict_that_becomes_unsure_is_lost(family):
    found = matching(parse_rule('poverty_level == "level1"'), parse_rule("true"))
    assert (found.likely, found.unknown, found.lost) == (0, 2, 2)


def test_which_facts_are_not_known_and_which_of_them_count(family):
    found = matching(parse_rule('age >= 60 && poverty_level == "level1"'))
    (missing,) = found.missing
    assert (missing.fact, missing.persons, missing.waiting) == ("poverty_level", 2, 1)


def test_the_registry_is_read_once_and_only_the_tables_that_are_needed(family, django_assert_num_queries):
    with django_assert_num_queries(1) as queries:
        matching(parse_rule("age > 5 && pregnant"))
    assert "registry_household" not in queries[0]["sql"]
    with django_assert_num_queries(1):
        matching(parse_rule("elders_60 > 0 && is_head && poverty_level != 'level1'"))


def test_what_several_rules_ask_of_the_household_is_judged_once_for_it():
    poor = 'poverty_level == "level1"'
    parts = sql.as_parts([parse_rule(poor), parse_rule(f"{poor} && age >= 60")])
    assert parts.tables.count(" AS verdict_") == 1
    assert "poverty_level" not in "".join(parts.conditions)


def test_values_of_a_rule_are_never_part_of_the_statement(family):
    assert persons_meeting(parse_rule("""sex == "' OR TRUE --" """)) == []
    assert persons_meeting(parse_rule("sex != '%s'")) == living()


@pytest.mark.parametrize("word", [r'"\x00"', r'"\u0000"', r'"\ud800"'])
def test_what_no_database_can_hold_is_no_value(word):
    with pytest.raises(RuleError):
        parse_rule(f"sex == {word}")


def test_the_facts_a_rule_names():
    rule = parse_rule('!(age > 5) || true && poverty_level in ["level1"]')
    assert facts_named(rule) == {"age", "poverty_level"}


def test_memberships_are_those_of_the_models():
    """The statement names tables and columns literally: they must match the models."""
    assert (Person._meta.db_table, Membership._meta.db_table, Household._meta.db_table) == (
        "registry_person",
        "registry_membership",
        "registry_household",
    )
    assert connection.vendor == "postgresql"

"""The rules alone: what is refused, what is asked, and that dates are periods."""

import re
from datetime import date

import pytest
from django.utils import translation

from dsp_platform.khmer.dates import PartialDate
from registry.plausibility import relations
from registry.plausibility.findings import findings, in_words, new_findings
from registry.plausibility.rules import JUDGEMENT, RULES, Limits
from registry.plausibility.situation import Member, Relationship, Situation
from tests.packages import BASE

TODAY = date(2026, 11, 29)
DOCUMENT = BASE / "docs" / "reference" / "plausibility.md"


def member(born: str, relationship: str = "", name: str = "", sex: str = "") -> Member:
    return Member(
        key=name or relationship,
        name=name or f"{relationship} of {born}",
        born=PartialDate.parse(born),
        relationship=relationship,
        sex=sex,
    )


def of(*members: Member, **more) -> Situation:
    return Situation(today=TODAY, members=members, **more)


def found(situation: Situation) -> dict[str, bool]:
    """By code of a rule that finds something: whether it refuses."""
    return {one.rule.code: one.is_impossible for one in findings(situation)}


def with_head(head: str, born: str, relationship: str) -> Situation:
    return of(member(head, "head"), member(born, relationship))


def beside_adult(head: str) -> Situation:
    child = member(head, "head")
    return of(child, member("1990", "other_relative"), named_head=child)


def birth(mother: str, child: str, sex: str = "female") -> Situation:
    woman, baby = member(mother, "head", "Bopha", sex), member(child, "child", "Thmey")
    return of(woman, baby, newborn=baby, mother=woman)


def mother_and_child(mother: str, child: str) -> Situation:
    """By their relationships to the head."""
    woman, baby = member("1998", mother, "Bopha"), member("2026-11-01", child, "Thmey")
    head = [] if mother == "head" else [member("1980", "head", "Sokha")]
    return of(*head, woman, baby, newborn=baby, mother=woman)


def marriage(one: str, other: str) -> Situation:
    both = member("1998", one, "Bopha"), member("1999", other, "Vanna")
    return Situation(today=TODAY, married=both)


def new_head(head_was: str, member_was: str, member_is: str) -> Situation:
    head, other = member("1990", "head", "Bopha"), member("1990", member_is, "Vanna")
    return of(head, other, named_head=head, formerly={"Bopha": head_was, "Vanna": member_was})


def death(born: str, died: str) -> Situation:
    return of(member("1984", "head"), dead=member(born, name="Heng"), died=PartialDate.parse(died))


REFUSED, ASKED = True, False
CASES = [
    ("nothing", with_head("1984-04-14", "2019-09-02", "child"), {}),
    ("a head of 14", of(member("2012-01-01", "head")), {"head-age": ASKED}),
    ("a head of 15", of(member("2011-11-29", "head")), {}),
    ("a child leaves for a household of its own", of(alone=member("2014")), {"head-age": ASKED}),
    ("a head of nine beside an adult", beside_adult("2017-01-01"),
     {"head-beside-adults": REFUSED, "head-age": ASKED}),
    ("a head of ten beside an adult", beside_adult("2016-01-01"), {"head-age": ASKED}),
    ("a payee of nine", of(named_payee=member("2017-01-01")), {"payee-age": REFUSED}),
    ("a payee of 16", of(named_payee=member("2010-01-01")), {"payee-age": ASKED}),
    ("a payee of 18", of(named_payee=member("2008-11-29")), {}),
    ("a mother of 11", birth("2015-01-01", "2026-11-01"), {"mother-age": ASKED, "head-age": ASKED}),
    ("a mother of 9", birth("2017-01-01", "2026-11-01"), {"mother-age": REFUSED, "head-age": ASKED}),
    ("a mother of 51", birth("1975-01-01", "2026-11-01"), {"mother-age": ASKED}),
    ("a mother of 80", birth("1946-01-01", "2026-11-01"), {"mother-age": REFUSED}),
    ("a child born before its mother", birth("2012", "1950"),
     {"mother-age": REFUSED, "birth-told": REFUSED, "head-age": ASKED}),
    ("a man as the mother", birth("1990", "2026-11-01", "male"), {"mother-sex": REFUSED}),
    ("the head's child, whose mother is the head", mother_and_child("head", "child"), {}),
    ("the wife's child", mother_and_child("spouse", "child"), {}),
    ("the wife's child by another man", mother_and_child("spouse", "other_relative"), {}),
    ("the daughter's child", mother_and_child("child", "grandchild"), {}),
    ("the head's child, whose mother is the daughter", mother_and_child("child", "child"),
     {"mother-relation": ASKED}),
    ("the head's child, whose mother is not related", mother_and_child("not_related", "child"),
     {"mother-relation": ASKED}),
    ("the head's brother, whose mother is the head", mother_and_child("head", "sibling"),
     {"mother-relation": REFUSED}),
    ("who marries the head", marriage("head", "spouse"), {}),
    ("who marries the head as a relative", marriage("head", "other_relative"), {"spouse-relation": REFUSED}),
    ("who marries the daughter", marriage("child", "other_relative"), {}),
    ("who marries the daughter as the head's wife", marriage("child", "spouse"), {"spouse-relation": ASKED}),
    ("the daughter leads her brother as his mother", new_head("child", "child", "spouse"),
     {"new-head-relation": ASKED}),
    ("the daughter leads her brothers", new_head("child", "child", "sibling"), {}),
    ("a wife who becomes the sister", new_head("spouse", "head", "sibling"), {"new-head-relation": ASKED}),
    ("a wife who has separated", new_head("spouse", "head", "not_related"), {}),
    ("a stepbrother", new_head("child", "child", "other_relative"), {}),
    ("nothing is known by a cousin", new_head("other_relative", "child", "sibling"), {}),
    ("a birth told after three years", birth("1990", "2023-01-01"), {"birth-told": ASKED}),
    ("a father of nine", with_head("1980-01-01", "1989-06-01", "child"), {"parent-age": REFUSED}),
    ("a father of 13", with_head("1980-01-01", "1993-06-01", "child"), {"parent-age": ASKED}),
    ("a parent younger than the head", with_head("1980", "1990", "parent"), {"parent-age": REFUSED}),
    ("a father of 70", with_head("1955-01-01", "2026-01-01", "child"), {"parent-age": ASKED}),
    ("a grandmother of 19", with_head("1980-01-01", "1999-01-01", "grandchild"),
     {"grandparent-age": REFUSED}),
    ("a grandmother of 29", with_head("1980-01-01", "2009-06-01", "grandchild"), {"grandparent-age": ASKED}),
    ("a grandfather born after the head", with_head("1980", "1990", "grandparent"),
     {"grandparent-age": REFUSED}),
    ("40 years between brothers", with_head("1960-01-01", "2000-06-01", "sibling"), {"sibling-gap": ASKED}),
    ("twins of different dates", of(member("2019-09-02", "child", "A"), member("2019-09-06", "child", "B")),
     {"sibling-days": ASKED}),
    ("twins around midnight", of(member("2019-09-02", "child", "A"), member("2019-09-03", "child", "B")), {}),
    ("one year known of both", of(member("2019", "child", "A"), member("2019", "child", "B")), {}),
    ("a newborn as spouse", with_head("1984-01-01", "2026-11-01", "spouse"),
     {"spouse-age": REFUSED, "spouse-gap": ASKED}),
    ("a spouse of 15", with_head("2000-01-01", "2011-01-01", "spouse"), {"spouse-age": ASKED}),
    ("60 years between spouses", with_head("1946-01-01", "2006-11-01", "spouse"), {"spouse-gap": ASKED}),
    ("who marries is 16", of(married=(member("2010-01-01"),)), {"spouse-age": ASKED}),
    ("who marries is eight", of(married=(member("1990", name="A"), member("2018", name="B"))),
     {"spouse-age": REFUSED}),
    ("two wives", of(member("1980", "head"), *(member("1985", "spouse", name) for name in "AB")),
     {"spouses": ASKED}),
    ("three parents", of(member("1980", "head"), *(member("1955", "parent", name) for name in "ABC")),
     {"parents": ASKED}),
    ("twenty members", of(*(member("1990", "other_relative", f"M{n}") for n in range(20))),
     {"household-size": ASKED}),
    ("nineteen members", of(*(member("1990", "other_relative", f"M{n}") for n in range(19))), {}),
    ("one name and birth", of(*(Member(key=key, name="ស៊ុខា", born=PartialDate.parse("1990")) for key in "AB")),
     {"same-person": ASKED}),
    ("who is 110", of(member("1916-01-01")), {"age": ASKED}),
    ("who is 130", of(member("1896-01-01")), {"age": REFUSED}),
    ("a death before the birth", death("2026-03-05", "2026-03-04"), {"age-at-death": REFUSED}),
    ("a death in the year of the birth", death("2026-03-05", "2026"), {}),
    ("a death in 1950", death("1940", "1950"), {"death-told": REFUSED}),
    ("a death told ten years late", death("1940", "2016-11-01"), {"death-told": ASKED}),
    ("a death last year", death("1940", "2025"), {}),
]  # fmt: skip


@pytest.mark.parametrize(("_name", "situation", "expected"), CASES, ids=[case[0] for case in CASES])
def test_what_is_refused_and_what_is_asked(_name, situation, expected):
    assert found(situation) == expected


@pytest.mark.parametrize(
    ("mother", "child", "expected"),
    [
        ("2016", "2026", {"mother-age": ASKED}),  # nine or ten: a pair of days fits
        ("2017", "2026", {"mother-age": REFUSED}),  # nine at most
        ("2011", "2026", {"mother-age": ASKED}),  # fourteen or fifteen
        ("2010", "2026", {}),
    ],
)
def test_a_date_known_to_the_year_is_refused_only_if_no_day_of_it_fits(mother, child, expected):
    judged = found(birth(mother, child))
    assert {code: refuses for code, refuses in judged.items() if code == "mother-age"} == expected


def test_every_rule_is_met_by_a_case():
    met = {code for _name, _situation, expected in CASES for code in expected}
    assert met == {rule.code for rule in RULES}


def test_what_was_recorded_before_is_not_asked_again():
    before = of(member("1950", "head"), member("2012", "child"))
    assert new_findings(before, of(*before.members, member("1990", "other_relative"))) == []


def test_of_two_wrong_dates_one_can_be_corrected_first():
    before = with_head("2020", "1950", "child")
    (one,) = new_findings(before, with_head("1960", "1950", "child"))
    assert (one.rule.code, one.is_impossible) == ("parent-age", ASKED)
    assert found(with_head("1960", "1950", "child")) == {"parent-age": REFUSED}


ALL = {one.value for one in Relationship}


def test_no_relation_is_forgotten_in_the_tables_of_relations():
    assert set(relations.OF_THE_CHILD) == set(relations.OF_THE_SPOUSE) == ALL
    assert set(relations.TO_NEW_HEAD) == ALL - {"head"} - relations.DISTANT


def test_what_a_member_is_to_the_new_head_is_the_reverse_of_what_the_new_head_is_to_the_member():
    """Where one of two members is named instead of the other."""
    table = relations.TO_NEW_HEAD
    for head_was, of_members in table.items():
        for member_was, member_is in of_members.items():
            if member_was == "head":
                assert table[member_is]["head"] == head_was
            elif member_was in table:
                assert table[member_was].get(head_was) == table[member_is]["head"]


def test_a_confirmed_relation_is_asked_anew_when_it_changes():
    before, after = (mother_and_child("not_related", one) for one in ("child", "sibling"))
    found = [one for situation in (before, after) for one in findings(situation)]
    facts = [one.fact for one in found if one.rule.code == "mother-relation"]
    assert [one["relations"]["child_is"] for one in facts] == ["child", "sibling"]
    with translation.override("en"):
        assert "the child is “Son or daughter”" in in_words(facts[0])


def test_words_name_whom_it_concerns_with_the_dates_and_the_number():
    (one,) = [one for one in findings(birth("2014-05", "2026-11-01")) if one.rule.code == "mother-age"]
    with translation.override("en"):
        assert one.words == "Bopha (05/2014) was 12 years old when Thmey (01/11/2026) was born."
    with translation.override("km"):
        assert re.search("Bopha.*12.*Thmey", in_words(one.fact))


def test_a_number_that_is_not_certain_is_a_range():
    (one,) = [one for one in findings(birth("2013", "2026-11-01")) if one.rule.code == "mother-age"]
    with translation.override("en"):
        assert "12–13 years old" in one.words


def test_a_fact_that_was_kept_is_still_shown_when_its_rule_or_a_role_has_another_name():
    fact = {"rule": "spouse-age", "persons": {"wife": ["Bopha", "2011"]}, "number": [15, 15]}
    with translation.override("en"):
        assert in_words(fact) == "Age of a husband or wife: Bopha (2011)"
        assert in_words({**fact, "rule": "gone"}) == "Something that is not asked any more: Bopha (2011)"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_has_words_for_what_it_does(rule):
    assert bool(rule.refusal) == (rule.impossible != Limits())
    assert bool(rule.statement) == (rule.rare != Limits())
    assert all(rule.sources)


def limits(of_rule: Limits) -> str:
    below = [f"below {of_rule.below}"] if of_rule.below is not None else []
    above = [f"above {of_rule.above}"] if of_rule.above is not None else []
    return ", ".join(below + above) or "–"


def test_the_document_lists_the_table():
    with translation.override("en"):
        rows = [
            f"| `{rule.code}` | {rule.title} | {rule.unit} | {limits(rule.impossible)} | "
            f"{limits(rule.rare)} | {'; '.join(rule.sources)} |"
            for rule in RULES
        ]
    written = [line for line in DOCUMENT.read_text().splitlines() if line.startswith("| `")]
    assert written == rows
    assert any(JUDGEMENT in row for row in rows)

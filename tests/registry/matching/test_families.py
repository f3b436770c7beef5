"""Families have much in common: who is somebody else all the same, and who is one person in two homes."""

import pytest

from registry.matching.features import companion_key
from registry.matching.records import Outcome
from tests.registry.matching.cast import born, compared, record

PHONE = frozenset({"+85512000001"})
FAMILY_BOOK = frozenset({("family_book", b"1")})
FATHER, MOTHER = companion_key("សុខ", "វណ្ណា"), companion_key("ចាន់", "បុប្ផា")
SOKHA, THEARA = companion_key("សុខ", "សុខា"), companion_key("សុខ", "ធារ៉ា")


def outcome(first, second):
    found = compared(first, second)
    return found.outcome if found else None


def child(*others, **changes):
    """Of one family, with its phone and its book."""
    home = {"phones": PHONE, "documents": FAMILY_BOOK, "household": frozenset({FATHER, MOTHER, *others})}
    return record(**{**home, **changes})


def test_twins_with_other_names():
    assert outcome(child(THEARA), child(SOKHA, given_name="ធារ៉ា")) is None


def test_twins_with_similar_names():
    sokhom = companion_key("សុខ", "សុខុម")
    assert outcome(child(sokhom), child(SOKHA, given_name="សុខុម")) is None


def test_twins_with_one_name_are_never_merged_by_themselves():
    assert outcome(child(SOKHA), child(SOKHA)) != Outcome.SAME


def test_bare_twins_with_one_name_are_for_a_steward():
    """As two records of one person: nothing is known but what twins and namesakes share."""
    assert outcome(record(), record()) == Outcome.LIKELY


def test_twins_with_one_name_of_whom_one_came_in_without_the_other_are_for_a_steward():
    assert outcome(child(SOKHA), child()) == Outcome.LIKELY
    assert outcome(child(SOKHA), record(phones=PHONE)) == Outcome.LIKELY


@pytest.mark.parametrize(
    "common",
    [{"phones": PHONE}, {"household": frozenset({FATHER, MOTHER})}, {"household": frozenset({MOTHER})}],
)
def test_a_phone_or_a_home_in_common_makes_namesakes_of_one_day_one_person(common):
    assert outcome(record(**common), record(**common)) == Outcome.SAME


def test_a_book_of_the_family_in_common_does_not():
    assert outcome(record(documents=FAMILY_BOOK), record(documents=FAMILY_BOOK)) == Outcome.LIKELY


def test_siblings_with_similar_names():
    sokhom = companion_key("សុខ", "សុខុម")
    assert outcome(child(sokhom), child(SOKHA, given_name="សុខុម", born=born("1986-04-14"))) is None


def test_father_and_son_with_one_name():
    father = child(SOKHA, sex="male", born=born("1958-02-11"))
    assert outcome(father, child(SOKHA, sex="male")) is None


def test_children_of_two_wives_who_were_given_one_name():
    other_mother = companion_key("លី", "ស្រីមុំ")
    elder = record(household=frozenset({FATHER, MOTHER}))
    younger = record(household=frozenset({FATHER, other_mother}), born=born("1986-09-30"))
    assert outcome(elder, younger) != Outcome.SAME


def test_children_of_two_wives_born_on_one_day_with_one_name_are_for_a_steward():
    other_mother = companion_key("លី", "ស្រីមុំ")
    elder, younger = ({FATHER, mother} for mother in (MOTHER, other_mother))
    found = outcome(record(household=frozenset(elder)), record(household=frozenset(younger)))
    assert found == Outcome.LIKELY


def test_husband_and_wife_share_a_phone():
    husband = record(family_name="លី", given_name="ដារ៉ា", sex="male", phones=PHONE, born=born("1984-04-14"))
    assert outcome(record(phones=PHONE), husband) is None


def test_namesakes_of_one_year_in_one_village_are_for_a_steward():
    names = {"family_name": "ម៉ុក", "given_name": "សុខា"}
    assert outcome(record(**names), record(**names, born=born("1984"))) == Outcome.LIKELY


def test_namesakes_elsewhere_are_two():
    elsewhere = record(villages=frozenset({"18050203"}), born=born("1984-11-20"))
    assert outcome(record(), elsewhere) is None


def test_one_child_in_two_households_of_the_family():
    assert outcome(child(THEARA), child(THEARA)) == Outcome.SAME


def test_a_number_on_two_cards_with_other_names_is_for_a_steward():
    card = frozenset({("identity_card", b"1")})
    wrong = record(given_name="ធារ៉ា", documents=card)
    assert outcome(record(documents=card), wrong) == Outcome.LIKELY


def test_whoever_has_another_card_is_never_merged_by_themselves():
    cards = [frozenset({("identity_card", number)}) for number in (b"1", b"2")]
    assert outcome(*(record(documents=card, phones=PHONE) for card in cards)) == Outcome.LIKELY


@pytest.mark.parametrize(
    "changes",
    [
        {"family_name": "សុខា", "given_name": "សុខ"},
        {"family_name": ""},
        {"family_name": "", "given_name": "សុខសុខា"},
        {"family_name": "", "given_name": "", "latin_family_name": "Sauk", "latin_given_name": "Soka"},
        {"given_name": "សុកា"},
        {"given_name": "ស៊ុខា"},
        {"born": born("1984-04-01")},
        {"born": born("1985-04-14")},
        {"born": born("2527-04-14")},
        {"villages": frozenset({"01020105"})},
    ],
    ids=str,
)
def test_one_mistake_does_not_hide_a_person(changes):
    assert outcome(record(), record(**changes)) is not None


def test_day_and_month_are_exchanged():
    assert outcome(record(born=born("1984-04-05")), record(born=born("1984-05-04"))) is not None


def test_people_with_one_name_only():
    mononym = {"family_name": "", "given_name": "សុភមង្គល"}
    assert outcome(record(**mononym), record(**mononym)) is not None


def test_foreign_names_in_latin_letters():
    names = {"family_name": "Nguyen", "given_name": "Van Thanh", "phones": PHONE}
    latin = {
        "phones": PHONE,
        "family_name": "",
        "given_name": "",
        "latin_family_name": "NGUYEN",
        "latin_given_name": "Vanthanh",
    }
    assert outcome(record(**names), record(**latin)) == Outcome.SAME


def test_a_common_surname_weighs_less_than_a_rare_one():
    moved = {"villages": frozenset({"01020105"})}
    common = compared(record(), record(**moved))
    rare = compared(record(family_name="ស្រ៊ាង"), record(family_name="ស្រ៊ាង", **moved))
    assert rare.weight > common.weight

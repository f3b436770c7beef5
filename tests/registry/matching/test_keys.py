"""Whoever made one mistake is found all the same."""

import pytest

from registry.matching.keys import match_keys
from tests.registry.matching.cast import born, record


@pytest.mark.parametrize(
    "changes",
    [
        {"given_name": "ធារ៉ា"},
        {"family_name": "ចាន់"},
        {"family_name": ""},
        {"family_name": "សុខា", "given_name": "សុខ"},
        {"family_name": "", "given_name": "", "latin_family_name": "Sok", "latin_given_name": "Sokha"},
        {"born": None},
        {"born": born("1984-04-14")},
        {"born": born("1984-04-19")},
        {"born": born("1985-04-14")},
        {"born": born("1948-04-14")},
        {"born": born("1984")},
        {"villages": frozenset({"18050203"})},
        {"villages": frozenset()},
        {"sex": "male"},
    ],
    ids=str,
)
def test_one_mistake_leaves_a_key_in_common(changes):
    assert set(match_keys(record())) & set(match_keys(record(**changes)))


def test_another_person_of_the_village_has_no_key_in_common():
    neighbour = record(family_name="ចាន់", given_name="ធារ៉ា", born=born("1984-09-02"))
    assert not set(match_keys(record())) & set(match_keys(neighbour))


def test_the_day_written_where_only_the_year_is_known_makes_no_key_of_half_the_country():
    first = record(born=born("1984-01-01"), given_name="ធារ៉ា", villages=frozenset({"18050203"}))
    second = record(born=born("1984-01-01"))
    assert not set(match_keys(first)) & set(match_keys(second))


def test_keys_fit_into_a_column_of_the_database():
    assert all(-(2**63) <= key < 2**63 for key in match_keys(record()))

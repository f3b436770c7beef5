"""Names with titles, in one cell, in the wrong script."""

import pytest

from registry.imports.values.names import check_name, look_swapped, split_name, two_names


@pytest.mark.parametrize(
    ("cell", "family", "given", "sex"),
    [
        ("លោក សុខ ដារា", "សុខ", "ដារា", "male"),
        ("លោកស្រីសុខ ដារា", "សុខ", "ដារា", "female"),
        ("អ្នកស្រី សុខ ដារា", "សុខ", "ដារា", "female"),
        ("ឯកឧត្តម លោក សុខ ដារា", "សុខ", "ដារា", "male"),
        ("Mr. Sok Dara", "Sok", "Dara", "male"),
        ("MRS SOK DARA", "SOK", "DARA", "female"),
        ("H.E. Sok Dara", "Sok", "Dara", ""),
        ("Ven. Sok Dara", "Sok", "Dara", ""),
        ("Oknha Sok Dara", "Sok", "Dara", ""),
        ("Mr.Sok Dara", "Sok", "Dara", "male"),
    ],
)
def test_a_title_is_taken_off(cell, family, given, sex):
    assert split_name(cell, True)[:3] == (family, given, sex)
    assert "title_removed" in split_name(cell, True).findings


@pytest.mark.parametrize("cell", ["Ven Sokha", "Drum Mora", "Mrak Sophy", "លោះ សុខា", "Miss"])
def test_a_name_that_only_begins_like_a_title_stays(cell):
    words = split_name(cell, True)
    assert "title_removed" not in words.findings
    assert " ".join(filter(None, words[:2])) == cell


def test_a_given_name_that_is_a_title_too_stays():
    assert two_names("សុខ", "កញ្ញា")[:2] == ("សុខ", "កញ្ញា")


def test_a_title_in_the_cell_of_the_surname_is_taken_off():
    assert two_names("លោកស្រី", "សុខ ដារា")[:3] == ("", "សុខ ដារា", "female")


def test_the_mapping_says_which_name_comes_first():
    assert split_name("Sok Dara Pich", True)[:2] == ("Sok", "Dara Pich")
    assert split_name("Dara Pich Sok", False)[:2] == ("Sok", "Dara Pich")


def test_one_name_alone_is_the_given_name():
    words = split_name("ដារា", True)
    assert (words.family, words.given, words.findings) == ("", "ដារា", ("name_alone",))


@pytest.mark.parametrize(
    ("family", "given", "swapped"),
    [
        ("ដារា", "សុខ", True),
        ("សុខ", "ដារា", False),
        ("សុខ", "កែវ", False),
        ("", "សុខ", False),
        ("Dara", "Sok", True),
    ],
)
def test_swapped_names_are_told_by_the_frequent_surnames(family, given, swapped):
    assert look_swapped(family, given) == swapped


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("suxdar:a", "legacy_text"),
        ("]tþr", "legacy_text"),
        ("esA]k", "legacy_text"),
        ("សុខ\ufffd", "broken_character"),
        ("សុខ1", "name_characters"),
        ("O'Brien", ""),
        ("សុខ", ""),
    ],
)
def test_a_name_that_the_registration_refuses_is_refused(text, problem):
    assert check_name(text, False).problem == problem


def test_khmer_in_the_old_order_is_put_in_order():
    """The vowel before the subscript, a joiner, and the inherent vowel that nobody sees."""
    assert split_name("សុ\u17b4ខ ស្រីមុំ\u200b", True)[:2] == ("សុខ", "ស្រីមុំ")
    assert two_names("ខែ្មរ", "")[0] == "ខ្មែរ"

"""Villages by code, by names, by codes that have ended."""

from datetime import date

import pytest

from registry.imports.values.places import Places
from tests.registry.imports.cast import area

ENDED = date(2020, 1, 1)
NO_NAMES = ("", "", "", "")


@pytest.fixture(scope="module")
def places():
    return Places(
        [
            area("01", "បន្ទាយមានជ័យ", "Banteay Meanchey"),
            area("0102", "មង្គលបូរី", "Mongkol Borei"),
            area("010201", "បន្ទាយនាង", "Banteay Neang"),
            area("010202", "បត់ត្រង់", "Bat Trang"),
            area("01020101", "អូរធំ", "Ou Thum"),
            area("01020102", "ភូមិ ១", "Phum 1"),
            area("01020201", "អូរធំ", "Ou Thum"),
            area("01020202", "គោកធំ", "Kouk Thum"),
            area("01020209", "គោកធំ", "Kouk Thum", ENDED),
            area("01020901", "បាត់បង់", "Bat Bang", ENDED),
            area("010209", "ឃុំចាស់", "Khum Chas", ENDED),
            area("18", "ព្រះសីហនុ", "Preah Sihanouk"),
            area("1801", "ស្រុកព្រៃ", "Prey"),
            area("180101", "ព្រៃនប់", "Prey Nob"),
            area("18010101", "ព្រៃធំ", "Prey Thum"),
        ]
    )


@pytest.mark.parametrize(
    ("code", "village", "finding"),
    [
        ("01020101", "01020101", ""),
        ("០១០២០១០១", "01020101", ""),
        ("01-02-01-01", "01020101", ""),
        ("1020101", "01020101", "village_zero_restored"),
        ("1020101.0", "01020101", "village_zero_restored"),
        ("01020209", "01020202", "village_code_old"),
        ("01020901", "", "village_code_ended"),
        ("99999999", "", "village_code_unknown"),
        ("", "", "village_missing"),
        ("010201", "", "village_level_only"),
        ("0102", "", "village_level_only"),
        ("1", "", "village_level_only"),
    ],
)
def test_a_village_is_found_by_its_code(places, code, village, finding):
    assert places.find(code, NO_NAMES)[:2] == (village, finding)


def test_a_code_of_a_commune_says_to_what_the_place_is_known(places):
    assert places.find("010201", NO_NAMES).level == "commune"


@pytest.mark.parametrize(
    ("names", "village", "finding"),
    [
        (("អូរធំ", "បន្ទាយនាង", "", ""), "01020101", ""),
        (("ភូមិអូរធំ", "ឃុំបត់ត្រង់", "ស្រុកមង្គលបូរី", "ខេត្តបន្ទាយមានជ័យ"), "01020201", ""),
        (("Ou Thom", "Banteay Neang", "", ""), "01020101", ""),
        (("ភូមិ១", "បន្ទាយនាង", "", ""), "01020102", ""),
        (("គោកធំ", "", "", ""), "01020202", ""),
        (("Prey Thum", "", "", "Sihanoukville"), "18010101", ""),
        (("អូរធំ", "", "", ""), "", "village_ambiguous"),
        (("ជ្រៃ", "បន្ទាយនាង", "", ""), "", "village_unknown"),
        (("អូរធំ", "ជ្រៃ", "", ""), "", "area_unknown"),
        (("", "បន្ទាយនាង", "", ""), "", "village_level_only"),
        (("-", "", "", ""), "", "village_missing"),
    ],
)
def test_a_village_is_found_by_names_in_either_script(places, names, village, finding):
    assert places.find("", names)[:2] == (village, finding)


@pytest.mark.parametrize(
    ("names", "village", "finding"),
    [
        (("គោកធុំ", "បត់ត្រង់", "", ""), "01020202", "village_spelled_otherwise"),
        (("Kok Thnum", "Bat Trang", "", ""), "01020202", "village_spelled_otherwise"),
        (("គោកធុំ", "", "", ""), "", "village_unknown"),
        (("ភូមិ២", "បន្ទាយនាង", "", ""), "", "village_unknown"),
        (("ស្វាយ", "បត់ត្រង់", "", ""), "", "village_unknown"),
    ],
)
def test_a_slip_in_the_name_is_forgiven_within_the_commune(places, names, village, finding):
    assert places.find("", names)[:2] == (village, finding)


def test_of_two_villages_written_nearly_so_none_is_taken():
    twins = Places(
        [area("010201", "បន្ទាយនាង", "Banteay Neang")]
        + [area(f"0102010{n}", f"គោកធំ{side}", f"Kouk Thum {n}") for n, side in ((1, "លិច"), (2, "កើត"))]
    )
    assert twins.find("", ("គោកធំ", "បន្ទាយនាង", "", "")).village == ""


def test_of_two_names_that_sound_alike_the_one_that_is_spelled_so_is_taken():
    alike = Places(
        [
            area("010201", "បន្ទាយនាង", "Banteay Neang"),
            area("01020101", "ថ្មី", "Thmei"),
            area("01020102", "ថ្មា", "Thmea"),
        ]
    )
    assert alike.find("", ("Thmea", "Banteay Neang", "", "")).village == "01020102"
    assert alike.find("", ("Thmey", "Banteay Neang", "", "")).code == "village_ambiguous"


def test_the_code_of_a_commune_and_the_name_of_the_village_are_enough(places):
    assert places.find("010202", ("អូរធំ", "", "", "")).village == "01020201"


def test_a_wrong_code_is_told_where_the_names_find_the_village(places):
    found = places.find("01020777", ("អូរធំ", "បន្ទាយនាង", "", ""))
    assert found[:2] == ("01020101", "village_by_name")

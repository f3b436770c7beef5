"""A row as the registry would store it."""

from copy import deepcopy
from datetime import date

import pytest
from django.utils import translation

from dsp_platform.khmer.dates import PartialDate
from registry.imports.findings import FINDINGS, Finding
from registry.imports.mapping.problems import mapping_of
from registry.imports.normalise import Normaliser
from registry.imports.reading.sheet import LONGEST, Row, Unreadable
from registry.imports.staged import StagedDocument, StagedPerson
from registry.imports.values.places import Places
from tests.registry.imports.cast import DARA, MAPPING, PLACES, area, codes, normalised


def mapping_with(**columns):
    """Without those that are None."""
    mapping = deepcopy(MAPPING)
    merged = {**mapping["columns"], **columns}
    mapping["columns"] = {name: part for name, part in merged.items() if part is not None}
    return mapping


def test_a_whole_row_is_read():
    assert normalised() == (
        StagedPerson(
            reference="P1",
            household="H1",
            relationship="head",
            family_name="សុខ",
            given_name="ដារា",
            latin_family_name="Sok",
            latin_given_name="Dara",
            sex="male",
            born=PartialDate(date(1990, 5, 20)),
            phone="+85512345678",
            village="01020101",
            documents=(StagedDocument("identity_card", "010203045"),),
            member_number="M-77",
            since=date(2024, 2, 1),
        ),
        [],
    )


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"FAMILY": "", "GIVEN": "-", "LATIN": ""}, "name_missing"),
        ({"GIVEN": "ដារា2"}, "name_invalid"),
        ({"GIVEN": "suxdar:a"}, "legacy_text"),
        ({"GIVEN": "ដារ\ufffd"}, "broken_character"),
        ({"SEX": ""}, "sex_missing"),
        ({"SEX": "7"}, "sex_unknown"),
        ({"DOB": ""}, "born_missing"),
        ({"DOB": "yesterday"}, "date_unreadable"),
        ({"DOB": "31/02/1990"}, "date_impossible"),
        ({"DOB": "20/05/90"}, "date_short_year"),
        ({"DOB": "20/05/2190"}, "date_in_future"),
        ({"DOB": "20/05/1890"}, "date_too_old"),
        ({"VILLAGE": "99999999"}, "village_code_unknown"),
        ({"VILLAGE": ""}, "village_missing"),
    ],
)
def test_whom_the_registration_would_refuse_is_refused(cells, code):
    result = normalised(**cells)
    assert codes(result) == [code]
    assert result.is_refused


@pytest.mark.parametrize(
    ("cells", "code", "left"),
    [
        ({"TEL": "023 456 789"}, "phone_invalid", {"phone": ""}),
        ({"NID": "12"}, "document_left_out", {"documents": ()}),
        ({"LATIN": "សុខ ដារា"}, "khmer_in_latin_column", {"latin_family_name": "", "latin_given_name": ""}),
        ({"LATIN": "Sok D4ra"}, "latin_name_left_out", {"latin_family_name": "", "latin_given_name": ""}),
        ({"REL": "9"}, "relationship_unknown", {"relationship": ""}),
        ({"MEMBER": "M" * 65}, "too_long", {"member_number": ""}),
        ({"SINCE": "long ago"}, "date_left_out", {"since": None}),
        ({"HH": ""}, "household_missing", {"household": ""}),
    ],
)
def test_what_nobody_must_have_is_left_out_with_a_note(cells, code, left):
    result = normalised(**cells)
    assert code in codes(result)
    assert not result.is_refused
    assert {name: getattr(result.person, name) for name in left} == left


def test_a_title_tells_the_sex_that_is_missing():
    result = normalised(FAMILY="លោកស្រី សុខ", SEX="")
    assert result.person.sex == "female"
    assert {"title_removed", "sex_from_title"} <= set(codes(result))
    assert not result.is_refused


def test_a_title_does_not_overrule_the_sex_that_is_written():
    result = normalised(FAMILY="លោក សុខ", SEX="F")
    assert result.person.sex == "female"
    assert codes(result) == ["title_removed", "sex_against_title"]


def test_whoever_has_a_latin_name_only_has_it_in_both_scripts():
    result = normalised(FAMILY="", GIVEN="")
    assert (result.person.family_name, result.person.latin_family_name) == ("Sok", "Sok")
    assert "name_in_latin" in codes(result)
    assert not result.is_refused


def test_a_khmer_name_in_the_latin_column_only_is_the_name():
    result = normalised(FAMILY="", GIVEN="", LATIN="សុខ ដារា")
    assert (result.person.family_name, result.person.latin_family_name) == ("សុខ", "")
    assert [(finding.code, finding.column) for finding in result.findings] == [
        ("khmer_in_latin_column", "LATIN"),
    ]


def test_latin_letters_in_the_column_of_khmer_are_the_latin_name_too():
    result = normalised(FAMILY="SOK", GIVEN="DARA", LATIN="")
    assert (result.person.family_name, result.person.latin_given_name) == ("SOK", "DARA")
    assert "name_in_latin" in codes(result)


def test_names_that_look_swapped_are_told_and_stay():
    result = normalised(FAMILY="ដារា", GIVEN="សុខ")
    assert result.person.family_name == "ដារា"
    assert "names_look_swapped" in codes(result)


def test_what_is_the_same_in_every_row_is_said_once():
    mapping = {**mapping_with(relationship=None), "constants": {"relationship": "head", "level": "voluntary"}}
    person = normalised(mapping).person
    assert (person.relationship, person.level) == ("head", "voluntary")


def test_an_empty_cell_takes_the_constant():
    mapping = {**MAPPING, "constants": {"sex": "female"}}
    assert normalised(mapping, SEX="").person.sex == "female"
    assert normalised(mapping, SEX="M").person.sex == "male"


def test_one_column_may_hold_both_names():
    mapping = mapping_with(family_name=None, given_name=None, name={"column": "FAMILY"})
    person = normalised(mapping, FAMILY="សុខ ដារា").person
    assert (person.family_name, person.given_name) == ("សុខ", "ដារា")


def test_a_column_that_is_missing_is_named():
    with pytest.raises(Unreadable) as refused:
        Normaliser(mapping_of(MAPPING), [name for name in DARA if name != "TEL"], PLACES)
    assert (refused.value.code, refused.value.params) == ("columns_missing", {"columns": "TEL"})


def test_the_zero_that_a_spreadsheet_dropped_is_put_back():
    result = normalised(NID="10203045")
    assert [one.number for one in result.person.documents] == ["010203045"]
    assert codes(result) == ["document_zero_restored"]


def test_whoever_lives_alone_by_the_source_needs_no_household():
    assert codes(normalised(HH="", REL="")) == []


@pytest.mark.timeout(20)
def test_a_cell_without_end_takes_no_time():
    """Of letters, digits or signs, which rules look for: in every column."""
    for filling in ("a", "1", "ក", "(", "a ", "1/", "ក ", "០"):
        for name in DARA:
            normalised(**{name: filling * (LONGEST // len(filling))})


def test_headings_may_be_written_a_little_otherwise():
    row = {f" {name.lower()}\n": cell for name, cell in DARA.items()}
    normaliser = Normaliser(mapping_of(MAPPING), list(row), PLACES)
    assert normaliser.normalise(Row(2, list(row.values()))).person.reference == "P1"


def test_what_was_found_in_the_file_stays_with_the_row():
    normaliser = Normaliser(mapping_of(MAPPING), list(DARA), PLACES)
    result = normaliser.normalise(Row(2, list(DARA.values()), [Finding("row_long")]))
    assert result.is_refused


@pytest.mark.parametrize("code", FINDINGS)
@pytest.mark.parametrize("language", ["km", "en"])
def test_every_finding_has_words(code, language):
    params = {"value": "7", "level": "commune", "type": "passport", "rule": "age"}
    with translation.override(language):
        assert Finding(code, "X", params).words


BY_WORDS = {"village": "V", "commune": "C", "district": "D", "province": "P"}
WHERE = [area("01", "បន្ទាយមានជ័យ", "Banteay Meanchey"), area("0102", "មង្គលបូរី", "Mongkol Borei")]


@pytest.mark.parametrize(
    ("cells", "code", "column"),
    [
        ({"P": "កំពត"}, "area_unknown", "P"),
        ({"P": "បន្ទាយមានជ័យ", "D": "កោះរុង"}, "area_unknown", "D"),
        ({"P": "បន្ទាយមានជ័យ", "V": "អូរតូច"}, "village_unknown", "V"),
        ({"P": "បន្ទាយមានជ័យ"}, "village_level_only", "V"),
    ],
)
def test_a_finding_of_a_place_named_by_words_names_their_column(cells, code, column):
    places = Places([*WHERE, area("01020101", "អូរធំ", "Ou Thum")])
    mapping = mapping_of(mapping_with(village={"code": "VILLAGE", **BY_WORDS}))
    row = {**DARA, "VILLAGE": "", **dict.fromkeys("VCDP", ""), **cells}
    result = Normaliser(mapping, list(row), places).normalise(Row(2, list(row.values())))
    assert (code, column) in [(finding.code, finding.column) for finding in result.findings]


@pytest.mark.parametrize(
    ("cell", "last"),
    [
        ("2027", date(2027, 12, 31)),
        ("02/2028", date(2028, 2, 29)),
        ("15/03/2027", date(2027, 3, 15)),
    ],
)
def test_a_level_is_valid_to_the_last_day_that_is_named(cell, last):
    mapping = mapping_with(poverty_level="LEVEL", poverty_valid_to="TO")
    assert normalised(mapping, LEVEL="level1", TO=cell).person.poverty_valid_to == last

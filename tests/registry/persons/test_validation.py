import pytest
from django.core.exceptions import ValidationError

from dsp_platform.khmer.dates import PartialDate
from registry.identity.name_keys import name_keys
from registry.persons.validation import (
    NAME_VALIDATORS,
    problems_of,
    validate_address,
    validate_born,
    validate_document_number,
    validate_latin_name,
    validate_name,
)
from tests.registry.cast import child_details, household_details, person_details


def code_of(validate, *values) -> str:
    with pytest.raises(ValidationError) as raised:
        validate(*values)
    return raised.value.code


@pytest.mark.parametrize("name", ["ស៊ុខា", "Nguyễn", "O'Brien", "Anne-Marie", "ម៉ុក ធី", "St. Clair", ""])
def test_names_of_any_script(name):
    assert validate_name(name) == name


@pytest.mark.parametrize("apostrophe", "'`´ʻʼ‘’‛′")
def test_an_apostrophe_as_any_keyboard_writes_it(apostrophe):
    name = f"D{apostrophe}Souza"
    assert validate_name(name) == validate_latin_name(name) == validate_address(name) == name
    assert name_keys(name, "") == name_keys("D'Souza", "")


def test_a_sign_without_its_letter_is_refused_in_every_name_and_address():
    for validate in (*NAME_VALIDATORS.values(), validate_address):
        assert (
            code_of(validate, "សុខ្" if validate is not validate_latin_name else "Sok \u0301") == "stray_sign"
        )
    assert code_of(validate_document_number, "nssf", "១២្") == "stray_sign"


def test_invisible_characters_and_spare_spaces_go():
    assert validate_name("  សុខ\u200b  ស៊ុខា ") == "សុខ ស៊ុខា"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("ស៊ុខា😀", "name_characters"),
        ("<script>alert(1)</script>", "name_characters"),
        ("Sok\x00ha", "control_characters"),
        ("Sok\x1b[31m", "control_characters"),
        ("Sokha 2", "name_characters"),
        ("...", "name_without_letter"),
        ("ក" * 101, "too_long"),
    ],
)
def test_what_is_no_name(name, code):
    assert code_of(validate_name, name) == code


def test_a_latin_name_is_in_latin_letters():
    assert validate_latin_name("Sokha") == "Sokha"
    assert code_of(validate_latin_name, "ស៊ុខា") == "name_not_latin"


@pytest.mark.parametrize(
    ("type", "number", "stored"),
    [
        ("identity_card", "០១០ ២០៣ ០៤០", "010203040"),
        ("personal_code", "1234567890", "1234567890"),
        ("passport", "n 1234567", "N1234567"),
        ("birth_certificate", " ១២៣/២០១៥ ", "123/2015"),
    ],
)
def test_document_numbers_as_they_are_stored(type, number, stored):
    assert validate_document_number(type, number) == stored


@pytest.mark.parametrize(
    ("type", "number", "code"),
    [
        ("identity_card", "12345678", "document_number_digits"),
        ("personal_code", "123456789", "document_number_digits"),
        ("passport", "12-45", "passport_number"),
        ("equity_card", " - ", "document_number_missing"),
        ("nssf", "9" * 41, "too_long"),
        ("driving_licence", "1", "document_type"),
        ("nssf", "<b>1</b>", "document_characters"),
    ],
)
def test_what_is_no_document_number(type, number, code):
    assert code_of(validate_document_number, type, number) == code


def test_dates_of_birth():
    assert validate_born(PartialDate.parse("1984"))
    assert code_of(validate_born, PartialDate.parse("2999")) == "date_in_future"
    assert code_of(validate_born, PartialDate.parse("1850")) == "date_too_old"


def test_a_birth_is_in_the_future_only_if_no_day_of_it_fits(time_machine):
    time_machine.move_to("2026-11-20T05:00:00Z")
    assert validate_born(PartialDate.parse("2026"))
    assert validate_born(PartialDate.parse("2026-11"))
    assert code_of(validate_born, PartialDate.parse("2026-11-21")) == "date_in_future"
    assert code_of(validate_born, PartialDate.parse("2026-12")) == "date_in_future"


def test_an_address_takes_khmer_digits_and_signs():
    assert validate_address("ផ្ទះ ៤អា, ផ្លូវ 271/2") == "ផ្ទះ ៤អា, ផ្លូវ 271/2"
    assert code_of(validate_address, "<img>") == "address_characters"


def found(details) -> set[tuple[int | None, str]]:
    return {(problem.member, problem.code) for problem in problems_of(details)}


def test_a_whole_household_is_judged_at_once():
    details = household_details(
        person_details(phone="123", sex="other"),
        child_details(family_name="", given_name=" ", seeing=9),
        consent_text=" ",
    )
    assert found(details) == {
        (None, "consent_missing"),
        (0, "invalid_phone"),
        (0, "choice"),
        (1, "name_missing"),
        (1, "choice"),
    }


def test_one_document_is_not_two_members():
    card = {"document_type": "identity_card", "document_number": "010203040"}
    details = household_details(person_details(**card), child_details(**card))
    assert found(details) == {(1, "document_twice")}


def test_a_man_is_not_pregnant():
    assert found(household_details(person_details(sex="male", pregnant=True))) == {(0, "choice")}

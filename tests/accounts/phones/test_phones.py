import pytest
from django import forms
from django.core.exceptions import ValidationError

from dsp_platform.accounts.checks import countries_are_known
from dsp_platform.accounts.phones.numbers import local_form, parse_phone
from registry.persons.validation import validate_phone
from tests.every_form import every_form


@pytest.mark.parametrize(
    "typed",
    [
        "012345678", "012 345 678", "012-345-678", "(012) 345.678", "12345678", "០១២៣៤៥៦៧៨",
        "+85512345678", "+855 (0)12 345 678", "85512345678", "0085512345678", " 012\u200b345\u00a0678 ",
    ],
)  # fmt: skip
def test_one_number_in_all_its_forms(typed):
    assert parse_phone(typed) == "+85512345678"


def test_a_number_of_nine_national_digits():
    assert parse_phone("097 123 4567") == "+855971234567"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "abc",
        "012 345",
        "012 345 678 901",
        "+66812345678",
        "+1 650 253 0000",
        "012 FLOWER",
        "012345678;",
        "911",
    ],
)
def test_anything_else_is_refused(typed):
    with pytest.raises(ValidationError):
        parse_phone(typed)


def test_people_see_the_number_as_they_know_it():
    assert local_form("+85512345678") == "012 345 678"


def test_a_number_of_a_country_that_is_not_allowed_is_told_so():
    with pytest.raises(ValidationError) as error:
        parse_phone("+66 81 234 5678")
    assert error.value.code == "phone_country"


def test_another_country_can_be_allowed(settings):
    settings.PHONE_COUNTRY_CODES = ["855", "66"]
    assert parse_phone("+66 81 234 5678") == "+66812345678"
    assert local_form("+66812345678") == "+66 81 234 5678"


@pytest.mark.parametrize("codes", [[], ["KH"], ["855", "+66"], ["999999"]])
def test_nonsense_for_a_country_code_fails_a_check(settings, codes):
    settings.PHONE_COUNTRY_CODES = codes
    assert [problem.id for problem in countries_are_known(None)] == ["dspp.E015"]


@pytest.mark.parametrize("typed", ["023 430 000", "1800 123 456", "+855 23 720 000"])
def test_a_number_that_gets_no_texts_is_refused_where_a_code_is_sent(client, db, typed):
    page = client.post("/en/sign-in/", {"phone": typed}).content.decode()
    assert "This number gets no text messages" in page
    assert typed in page
    # As a number that is looked for.
    assert parse_phone(typed)


@pytest.mark.parametrize("typed", ["023 430 000", "1800 123 456"])
def test_no_form_takes_a_number_that_gets_no_texts(typed):
    """Whatever field asks for a phone, on whatever page: sign-in, a lost phone, a complaint, a member."""
    asking = [
        (form.__qualname__, field)
        for form in every_form()
        for name, field in form.base_fields.items()
        if "phone" in name.split("_") and isinstance(field, forms.CharField)
    ]
    assert len(asking) >= 6
    for form, field in asking:
        with pytest.raises(ValidationError) as refused:
            field.clean(typed)
        assert refused.value.code == "phone_without_texts", form
        assert field.widget_attrs(field.widget)["type"] == "tel", form
    with pytest.raises(ValidationError) as refused:
        validate_phone(typed)
    assert refused.value.code == "phone_without_texts"


@pytest.mark.parametrize("typed", ["012 345 678", "097 123 4567", "038 555 1234", "011 222 333"])
def test_mobile_numbers_get_texts(typed):
    assert parse_phone(typed, gets_texts=True)

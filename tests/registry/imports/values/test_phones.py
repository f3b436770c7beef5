import pytest

from dsp_platform.accounts.phones.numbers import parse_phone
from registry.imports.values.phones import read_phone


@pytest.mark.parametrize(
    ("cell", "phone", "code"),
    [
        ("012 345 678", "+85512345678", ""),
        ("12345678", "+85512345678", ""),
        ("12345678.0", "+85512345678", ""),
        ("+855 12-345-678", "+85512345678", ""),
        ("០១២៣៤៥៦៧៨", "+85512345678", ""),
        ("012345678 / 016345678", "+85512345678", "phone_first"),
        ("012/345678", "+85512345678", ""),
        ("none", "", ""),
        ("023 456 789", "", "phone_invalid"),
        ("call his wife", "", "phone_invalid"),
        ("", "", ""),
    ],
)
def test_a_phone_number_is_read_as_it_is_written(cell, phone, code):
    assert read_phone(cell) == (phone, code)


def test_the_fast_way_takes_exactly_what_the_registration_takes():
    """Every beginning of a number of Cambodia, in both lengths."""
    for beginning in range(1000, 10000):
        for rest in ("1234", "12345", "1234567"):
            local = f"0{beginning}{rest}"
            try:
                expected = parse_phone(local, gets_texts=True)
            except Exception:
                expected = ""
            assert read_phone(local).phone == expected, local

from hypothesis import given
from hypothesis import strategies as st

from dsp_platform.khmer.digits import latin_digits
from dsp_platform.khmer.money import format_riel
from tests.khmer.digits import khmer_digits


def test_digits_both_ways() -> None:
    assert latin_digits("០១២ ៣៤៥ 678") == "012 345 678"
    assert khmer_digits("ឆ្នាំ 2026") == "ឆ្នាំ ២០២៦"


@given(st.text(alphabet="0123456789កខ +-"))
def test_digits_round_trip(text: str) -> None:
    assert latin_digits(khmer_digits(text)) == text


def test_riel_are_grouped_and_have_no_decimals() -> None:
    assert format_riel(1234567) == "1,234,567 ៛"
    assert format_riel(0) == "0 ៛"

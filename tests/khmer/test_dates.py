from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp_platform.khmer.dates import DateProblem, Precision, format_date, parse_date_parts
from tests.khmer.digits import khmer_digits

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("22", "11", "1980"), (date(1980, 11, 22), "day")),
        (("០៥", "៣", "១៩៨០"), (date(1980, 3, 5), "day")),
        (("", "3", "1980"), (date(1980, 3, 1), "month")),
        (("", "", "1980"), (date(1980, 1, 1), "year")),
        ((" ", " ", " 2026 "), (date(2026, 1, 1), "year")),
        (("29", "2", "2024"), (date(2024, 2, 29), "day")),
        (("22", "11", "2026"), (TODAY, "day")),
    ],
)
def test_as_much_of_a_date_as_is_known(parts: tuple[str, str, str], expected: tuple[date, Precision]) -> None:
    assert parse_date_parts(*parts, today=TODAY) == expected


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        (("30", "2", "2024"), "not_a_date"),
        (("1", "13", "2024"), "not_a_date"),
        (("0", "1", "2024"), "not_a_date"),
        (("one", "1", "2024"), "not_a_date"),
        (("1", "1", "12024"), "not_a_date"),
        (("-1", "1", "2024"), "not_a_date"),
        (("1", "1", ""), "year_missing"),
        (("", "", ""), "year_missing"),
        (("1", "", "1980"), "month_missing"),
        (("1", "1", "80"), "short_year"),
        (("1", "1", "2543"), "buddhist_year"),
        (("23", "11", "2026"), "future"),
        (("", "12", "2026"), "future"),
        (("", "", "2027"), "future"),
        (("1", "1", "1900"), "too_old"),
    ],
)
def test_what_is_wrong_is_named(parts: tuple[str, str, str], code: str) -> None:
    with pytest.raises(DateProblem) as caught:
        parse_date_parts(*parts, today=TODAY)
    assert caught.value.code == code


def test_dates_are_written_as_far_as_known() -> None:
    assert format_date(TODAY, "day", "km") == "22/11/2026"
    assert format_date(TODAY, "month", "en") == "11/2026"
    assert format_date(TODAY, "year", "km") == "2026"


@given(st.dates(date(1910, 1, 1), TODAY))
def test_a_date_written_is_read_back(value: date) -> None:
    day, month, year = khmer_digits(format_date(value)).split("/")
    assert parse_date_parts(day, month, year, today=TODAY) == (value, "day")

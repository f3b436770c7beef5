from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp_platform.khmer.dates import DateProblem, PartialDate, parse_date_parts, parse_typed_date
from tests.khmer.digits import khmer_digits

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("22", "11", "1980"), "1980-11-22"),
        (("០៥", "៣", "១៩៨០"), "1980-03-05"),
        (("", "3", "1980"), "1980-03"),
        (("", "", "1980"), "1980"),
        ((" ", " ", " 2026 "), "2026"),
        (("29", "2", "2024"), "2024-02-29"),
        (("22", "11", "2026"), "2026-11-22"),
    ],
)
def test_as_much_of_a_date_as_is_known(parts: tuple[str, str, str], expected: str) -> None:
    assert str(parse_date_parts(*parts, today=TODAY)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("02111978", "1978-11-02"),
        ("០២១១១៩៧៨", "1978-11-02"),
        ("2/11/1978", "1978-11-02"),
        (" 2. 11. 1978 ", "1978-11-02"),
        ("2-11-1978", "1978-11-02"),
        ("1978-11-02", "1978-11-02"),
        ("111978", "1978-11"),
        ("11/1978", "1978-11"),
        ("1978", "1978"),
    ],
)
def test_a_date_is_typed_in_one_go(text: str, expected: str) -> None:
    assert str(parse_typed_date(text, today=TODAY)) == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "year_missing"),
        ("1121978", "not_a_date"),
        ("31021978", "not_a_date"),
        ("1/2/3/1978", "not_a_date"),
        ("78", "short_year"),
        ("02112521", "buddhist_year"),
        ("2 Nov 1978", "not_a_date"),
    ],
)
def test_what_is_wrong_with_a_typed_date_is_named(text: str, code: str) -> None:
    with pytest.raises(DateProblem) as found:
        parse_typed_date(text, today=TODAY)
    assert found.value.code == code


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


@pytest.mark.parametrize("text", ["1998", "1998-05", "1998-05-20"])
def test_a_partial_date_is_written_with_the_precision_it_has(text: str) -> None:
    assert str(PartialDate.parse(text)) == text


@pytest.mark.parametrize(
    "text", ["", "98", "1998-5", "1998-13", "1998-02-30", "1998-05-20 ", "19980520", "0000"]
)
def test_what_is_no_iso_date_is_no_partial_date(text: str) -> None:
    with pytest.raises(ValueError):
        PartialDate.parse(text)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2024-02-03", date(2024, 2, 3), date(2024, 2, 3)),
    ],
)
def test_the_period_that_a_date_can_be(text: str, first: date, last: date) -> None:
    period = PartialDate.parse(text)
    assert (period.first, period.last) == (first, last)


def test_a_period_begins_with_its_first_day_whichever_it_is_given() -> None:
    assert PartialDate(date(1998, 5, 20), "month") == PartialDate.parse("1998-05")


PARTIAL = st.builds(
    PartialDate,
    st.dates(min_value=date(1990, 1, 1), max_value=date(1992, 12, 31)),
    st.sampled_from(["day", "month", "year"]),
)


@given(PARTIAL, PARTIAL)
def test_dates_agree_where_the_less_exact_contains_the_other(one: PartialDate, other: PartialDate) -> None:
    known = min(len(str(one)), len(str(other)))
    assert one.agrees_with(other) == (str(one)[:known] == str(other)[:known])


@given(PARTIAL, PARTIAL)
def test_a_date_is_within_another_that_it_repeats_as_far_as_that_is_known(
    one: PartialDate, other: PartialDate
) -> None:
    assert one.is_within(other) == str(one).startswith(str(other))


@given(PARTIAL, PARTIAL)
def test_each_date_may_precede_the_other_only_where_they_agree(one: PartialDate, other: PartialDate) -> None:
    assert (one.may_precede(other) and other.may_precede(one)) == one.agrees_with(other)


@pytest.mark.parametrize(
    ("born", "ages"),
    [
        ("1998", range(27, 29)),
        ("1998-11", range(27, 29)),
        ("1998-12", range(27, 28)),
        ("1998-11-22", range(28, 29)),
        ("1998-11-23", range(27, 28)),
        ("2026", range(1)),
    ],
)
def test_the_ages_that_somebody_can_have(born: str, ages: range) -> None:
    assert PartialDate.parse(born).ages_on(TODAY) == ages


def test_dates_are_written_as_far_as_known() -> None:
    assert PartialDate(TODAY, "day").written == "22/11/2026"
    assert PartialDate(TODAY, "month").written == "11/2026"
    assert PartialDate(TODAY, "year").written == "2026"


@given(st.dates(date(1910, 1, 1), TODAY))
def test_a_date_written_is_read_back(value: date) -> None:
    day, month, year = khmer_digits(PartialDate(value).written).split("/")
    assert parse_date_parts(day, month, year, today=TODAY) == PartialDate(value)

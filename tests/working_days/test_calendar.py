"""Working days, counted by hand over the festivals of 2026 and 2027."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp_platform.working_days.calendar import WorkingDays, day_of, end_of

DAYS = WorkingDays()
# The sub-decree's list for 2026. International Labour Day and Visak Bochea fall on one day.
OFF_IN_2026 = [
    "01-01", "01-07", "03-08", "04-14", "04-15", "04-16", "05-01", "05-05", "05-14", "06-18", "09-24",
    "10-10", "10-11", "10-12", "10-15", "10-29", "11-09", "11-23", "11-24", "11-25", "12-29",
]  # fmt: skip
dates = st.dates(date(2024, 1, 1), date(2035, 12, 31))
decrees = st.dictionaries(dates, st.booleans(), max_size=8)


def days_of(year: int) -> list[date]:
    return [date(year, 1, 1) + timedelta(days) for days in range(365)]


def test_the_public_holidays_of_2026_are_those_of_the_sub_decree():
    off = [day for day in days_of(2026) if day.weekday() < 5 and not DAYS.is_working(day)]
    listed = [date.fromisoformat(f"2026-{day}") for day in OFF_IN_2026]
    assert off == [day for day in listed if day.weekday() < 5]


@pytest.mark.parametrize(
    ("day", "number", "expected"),
    [
        # Khmer New Year, Tuesday 14 to Thursday 16 April: Monday, Friday, then the next week.
        ("2026-04-10", 1, "2026-04-13"),
        ("2026-04-10", 2, "2026-04-17"),
        ("2026-04-13", 1, "2026-04-17"),
        ("2026-04-15", 3, "2026-04-21"),
        # Pchum Ben, Saturday 10 to Monday 12 October, and the mourning day on Thursday 15.
        ("2026-10-09", 1, "2026-10-13"),
        ("2026-10-09", 3, "2026-10-16"),
        ("2026-10-09", 5, "2026-10-20"),
        # Water Festival, Monday 23 to Wednesday 25 November.
        ("2026-11-20", 1, "2026-11-26"),
        ("2026-11-20", 3, "2026-11-30"),
        # Pchum Ben of 2027, Wednesday 29 September to Friday 1 October.
        ("2027-09-28", 1, "2027-10-04"),
        # Over the turn of the year: 29 December and 1 January.
        ("2026-12-28", 3, "2027-01-04"),
    ],
)
def test_working_days_over_the_festivals(day, number, expected):
    assert DAYS.after(date.fromisoformat(day), number) == date.fromisoformat(expected)


def test_a_weekend_is_not_worked():
    assert not DAYS.is_working(date(2026, 8, 1))
    assert not DAYS.is_working(date(2026, 8, 2))
    assert DAYS.is_working(date(2026, 8, 3))


def test_a_decree_makes_a_day_off_or_a_working_day():
    decreed = WorkingDays({date(2026, 4, 17): False, date(2026, 4, 18): True})
    assert decreed.after(date(2026, 4, 13), 1) == date(2026, 4, 18)


def test_a_day_begins_at_midnight_in_phnom_penh():
    before, after = datetime(2026, 8, 3, 16, 59, 59, tzinfo=UTC), datetime(2026, 8, 3, 17, 0, tzinfo=UTC)
    assert (day_of(before), day_of(after)) == (date(2026, 8, 3), date(2026, 8, 4))
    assert end_of(date(2026, 8, 3)) == before


@given(day=dates, number=st.integers(1, 30), decreed=decrees)
def test_the_last_of_so_many_days_is_worked_and_they_are_counted_back(day, number, decreed):
    days = WorkingDays(decreed)
    last = days.after(day, number)
    assert days.is_working(last)
    assert days.between(day, last) == number
    assert days.between(day, last - timedelta(days=1)) == number - 1


@given(day=dates, first=st.integers(1, 10), more=st.integers(1, 10), decreed=decrees)
def test_days_add_up(day, first, more, decreed):
    days = WorkingDays(decreed)
    assert days.after(days.after(day, first), more) == days.after(day, first + more)

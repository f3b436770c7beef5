"""Other days of birth and death keep the year, the age and how exactly they are known."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from dsp_platform.khmer.dates import PartialDate
from registry.anonymising.dates import other_birth, other_death

TODAYS = st.dates(date(2024, 1, 1), date(2032, 12, 31))
DAYS = st.dates(date(1920, 1, 1), date(2023, 12, 31))
PRECISIONS = st.sampled_from(["day", "month", "year"])


@given(TODAYS, DAYS, PRECISIONS, st.text(max_size=5))
def test_the_age_the_year_and_the_precision_stay(today, day, precision, key):
    born = PartialDate(day, precision)
    other = other_birth(key, 1, born, today)
    assert (other.first.year, other.precision) == (day.year, precision)
    assert list(other.ages_on(today)) == list(born.ages_on(today))


@given(TODAYS, st.integers(0, 300), st.text(max_size=5))
def test_a_child_of_this_year_is_born_by_today(today, days, key):
    born = PartialDate(max(date(today.year, 1, 1), date.fromordinal(today.toordinal() - days)))
    assert other_birth(key, 1, born, today).first <= today


@given(TODAYS, DAYS, PRECISIONS, st.text(max_size=5))
def test_a_death_is_not_before_the_birth_and_not_to_come(today, day, precision, key):
    born = PartialDate(day)
    died = PartialDate(day, precision)
    other = other_death(key, 1, died, other_birth(key, 1, born, today), today)
    assert (other.first.year, other.precision) == (day.year, precision)
    assert other.first <= today
    assert other_birth(key, 1, born, today).may_precede(other)


def test_days_differ_between_two_runs():
    born, today = PartialDate(date(1984, 4, 14)), date(2026, 11, 30)
    assert len({other_birth(str(key), 1, born, today) for key in range(20)}) > 10

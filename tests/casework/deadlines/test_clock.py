"""When something is due: cases counted by hand, and the laws that hold for all of them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp_platform.casework.deadlines.clock import Allowance, due, reminded
from dsp_platform.working_days.calendar import WorkingDays, day_of

DAYS = WorkingDays()
PHNOM_PENH = ZoneInfo("Asia/Phnom_Penh")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PHNOM_PENH)


def last_day(days: int, since: str, *pauses: tuple[str, str | None]) -> str:
    asked = [(at(one), at(other) if other else None) for one, other in pauses]
    found = due(Allowance(days=days), at(since), asked, DAYS)
    assert found is not None
    assert found.astimezone(PHNOM_PENH).time().isoformat() == "23:59:59"
    return day_of(found).isoformat()


@pytest.mark.parametrize(
    ("days", "since", "expected"),
    [
        # Khmer New Year, 14 to 16 April 2026.
        (3, "2026-04-09 10:00", "2026-04-17"),  # Fri 10, Mon 13, Fri 17
        (10, "2026-04-13 08:00", "2026-04-30"),  # Fri 17, Mon 20 to Fri 24, Mon 27 to Thu 30
        # Pchum Ben, 10 to 12 October, and the mourning day of 15 October.
        (3, "2026-10-09 16:00", "2026-10-16"),  # Tue 13, Wed 14, Fri 16
        (10, "2026-10-08 09:00", "2026-10-26"),  # Fri 9, 13, 14, 16, 19 to 23, Mon 26
        # Water Festival, 23 to 25 November.
        (5, "2026-11-19 11:00", "2026-12-01"),  # Fri 20, Thu 26, Fri 27, Mon 30, Tue 1
    ],
)
def test_over_the_festivals(days, since, expected):
    assert last_day(days, since) == expected


def test_a_report_just_before_midnight_is_of_that_day():
    assert last_day(1, "2026-08-03 23:59:59") == "2026-08-04"
    assert last_day(1, "2026-08-04 00:00:00") == "2026-08-05"
    # The same moments in the time of the servers.
    assert day_of(datetime(2026, 8, 3, 17, 0, tzinfo=UTC)).isoformat() == "2026-08-04"


@pytest.mark.parametrize(
    ("days", "since", "pauses", "expected"),
    [
        # Asked on Friday after four of ten days, answered after the festival: six are left.
        (10, "2026-04-06 09:00", [("2026-04-10 09:00", "2026-04-20 09:00")], "2026-04-28"),
        # Asked and answered within the festival: nothing is lost and nothing is won.
        (3, "2026-04-13 09:00", [("2026-04-14 09:00", "2026-04-16 18:00")], "2026-04-21"),
        # Asked on Thursday before Pchum Ben, answered on its last day: of five days three are left.
        (5, "2026-10-06 09:00", [("2026-10-08 09:00", "2026-10-12 20:00")], "2026-10-16"),
        # Asked twice.
        (5, "2026-08-03 09:00",
         [("2026-08-04 09:00", "2026-08-06 09:00"), ("2026-08-10 09:00", "2026-08-12 09:00")], "2026-08-14"),
        # On the last day: whoever reads the answer has the next one.
        (2, "2026-08-03 09:00", [("2026-08-05 15:00", "2026-08-10 23:00")], "2026-08-11"),
        # Too late: no question makes up for it.
        (1, "2026-08-03 09:00", [("2026-08-06 09:00", "2026-08-12 09:00")], "2026-08-04"),
        (1, "2026-08-03 09:00", [("2026-08-06 09:00", None)], "2026-08-04"),
    ],
)  # fmt: skip
def test_while_the_person_is_asked_the_clock_stands(days, since, pauses, expected):
    assert last_day(days, since, *pauses) == expected


def test_nothing_is_due_while_it_stands():
    since, asked = at("2026-08-03 09:00"), at("2026-08-04 09:00")
    assert due(Allowance(days=5), since, [(asked, None)], DAYS) is None
    assert due(Allowance(hours=30), since, [(asked, None)], DAYS) is None


def test_hours_run_at_night_and_on_days_off():
    found = due(Allowance(hours=24), at("2026-04-14 22:30"), (), DAYS)
    assert found == at("2026-04-15 22:30")


def test_hours_stand_while_the_person_is_asked():
    pauses = [(at("2026-08-03 10:00"), at("2026-08-05 10:00"))]
    assert due(Allowance(hours=24), at("2026-08-03 08:00"), pauses, DAYS) == at("2026-08-06 08:00")


@pytest.mark.parametrize("wrong", [{}, {"days": 1, "hours": 1}, {"days": -1}, {"days": 2, "hours": -1}])
def test_an_allowance_is_of_days_or_of_hours(wrong):
    with pytest.raises(ValueError, match="working days, or of hours"):
        Allowance(**wrong)


def test_the_reminder_comes_a_working_day_before():
    # Due on Friday after the Water Festival: the day before. On Thursday: the Friday before the festival.
    assert reminded(at("2026-11-16 09:00"), at("2026-11-27 23:59:59"), DAYS) == at("2026-11-26 00:00")
    assert reminded(at("2026-11-16 09:00"), at("2026-11-26 23:59:59"), DAYS) == at("2026-11-20 00:00")


def test_of_what_is_due_soon_it_comes_half_way():
    assert reminded(at("2026-08-03 08:00"), at("2026-08-03 20:00"), DAYS) == at("2026-08-03 14:00")


moments = st.timedeltas(timedelta(0), timedelta(days=730)).map(lambda later: at("2026-01-01 00:00") + later)
allowances = st.builds(Allowance, days=st.integers(1, 30)) | st.builds(Allowance, hours=st.integers(1, 300))
decrees = st.dictionaries(st.dates(date(2026, 1, 1), date(2028, 6, 1)), st.booleans(), max_size=10)


@st.composite
def histories(draw: st.DrawFn) -> tuple[datetime, list[tuple[datetime, datetime]]]:
    since = draw(moments)
    gaps = draw(st.lists(st.timedeltas(timedelta(0), timedelta(days=20)), max_size=6))
    times, now = [], since
    for gap in gaps:
        now += gap
        times.append(now)
    return since, list(zip(times[::2], times[1::2], strict=False))


@given(history=histories(), allowance=allowances, decreed=decrees)
def test_a_question_never_makes_anything_due_earlier(history, allowance, decreed):
    since, pauses = history
    days = WorkingDays(decreed)
    with_all, with_less = due(allowance, since, pauses, days), due(allowance, since, pauses[:-1], days)
    assert with_all is not None
    assert with_less is not None
    assert with_all >= with_less >= since


@given(history=histories(), allowance=st.builds(Allowance, days=st.integers(1, 30)), decreed=decrees)
def test_the_last_day_is_a_working_day(history, allowance, decreed):
    since, pauses = history
    days = WorkingDays(decreed)
    found = due(allowance, since, pauses, days)
    assert found is not None
    assert days.is_working(day_of(found))


@given(since=moments, allowance=allowances, decreed=decrees)
def test_the_reminder_comes_before_it_is_due(since, allowance, decreed):
    days = WorkingDays(decreed)
    due_at = due(allowance, since, (), days)
    assert due_at is not None
    assert since < reminded(since, due_at, days) < due_at

"""The table: whatever its steps lead to, an open item is due."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applications.deadlines import timetable_of
from applications.models import Application
from applications.workflow import STEPS as APPLICATION_STEPS
from dsp_platform.casework.deadlines.timetable import DueFor
from dsp_platform.working_days.calendar import WorkingDays
from grievances.deadlines.table import TIMETABLES
from grievances.models import Grievance
from grievances.workflow import STEPS
from registry.models import Programme

DAYS = WorkingDays()
BEGINS = datetime(2026, 1, 1, tzinfo=UTC)
KINDS = {
    **{name: (table, STEPS, Grievance.OPEN_STATES) for name, table in TIMETABLES.items()},
    "application": (timetable_of(Programme()), APPLICATION_STEPS, Application.OPEN_STATES),
}


@dataclass
class Event:
    at: datetime
    step: str
    state: str


@pytest.mark.parametrize("name", KINDS)
def test_the_steps_and_states_of_the_table_exist(name):
    table, steps, open_states = KINDS[name]
    named = {step for term in table.terms for step in term.met_by} | set(table.begun_by)
    assert named <= set(steps)
    assert {state for term in table.terms for state in term.during} | set(table.awaiting) <= set(open_states)


@st.composite
def histories(draw: st.DrawFn) -> tuple[str, list[Event]]:
    """As the table of steps allows, at any times."""
    name = draw(st.sampled_from(sorted(KINDS)))
    _table, steps, _open = KINDS[name]
    first = next(step for step in steps.values() if not step.before)
    now = BEGINS + draw(st.timedeltas(timedelta(0), timedelta(days=730)))
    events = [Event(now, first.name, str(first.after))]
    for _number in range(draw(st.integers(0, 8))):
        state = events[-1].state
        possible = sorted(step.name for step in steps.values() if state in step.before)
        if not possible:
            break
        step = steps[draw(st.sampled_from(possible))]
        now += draw(st.timedeltas(timedelta(0), timedelta(days=30)))
        events.append(Event(now, step.name, str(step.after or state)))
    return name, events


@given(history=histories(), passed=st.timedeltas(timedelta(0), timedelta(days=400)))
def test_no_step_leaves_an_open_item_without_a_day(history, passed):
    name, events = history
    table, _steps, open_states = KINDS[name]
    running = table.running(events, open_states, DAYS, events[-1].at + passed)
    is_open = events[-1].state in open_states
    assert any(one.due_at for one in running.values()) == is_open
    assert bool(running) == is_open


@given(history=histories(), passed=st.timedeltas(timedelta(0), timedelta(days=400)))
def test_the_clock_stands_only_while_the_person_is_asked(history, passed):
    name, events = history
    table, _steps, open_states = KINDS[name]
    running = table.running(events, open_states, DAYS, events[-1].at + passed)
    if any(one.due_at is None for one in running.values()):
        assert events[-1].state in table.awaiting
        assert str(DueFor.PERSON) in running

"""Until when each step of an application is promised."""

from applications.models import Application
from dsp_platform.casework.deadlines.clock import Allowance
from dsp_platform.casework.deadlines.timetable import DueFor, Term, Timetable
from dsp_platform.casework.workflow import ANSWER, DOCUMENT
from registry.models import Programme

State = Application.State
# Where a programme has named none. No law sets it; the operators' own promises for such support lie between
# two and four weeks.
DAYS_TO_DECIDE = 15


def timetable_of(programme: Programme) -> Timetable:
    """The applicant is promised the days that its stewards have published."""
    return Timetable(
        terms=(
            Term(DueFor.ACKNOWLEDGE, Allowance(days=3), during=(State.SUBMITTED,)),
            Term(DueFor.DECIDE, Allowance(days=programme.expected_days or DAYS_TO_DECIDE)),
        ),
        # After an appeal the review begins anew, and so does its time.
        begun_by=("submit", "reopen"),
        awaiting=(State.MORE_ASKED,),
        # Whoever has to fetch a paper from another province needs that long.
        person=Allowance(days=15),
        answered_by=(ANSWER, DOCUMENT),
    )

"""The deadlines of each category. Working days, unless hours are named."""

from collections.abc import Mapping

from dsp_platform.casework.deadlines.clock import Allowance
from dsp_platform.casework.deadlines.timetable import DueFor, Term, Timetable
from dsp_platform.casework.workflow import ANSWER, DOCUMENT
from grievances.models import Grievance

Category, State = Grievance.Category, Grievance.State
# What gives the person an answer in words without ending it; whatever ends it does so too.
ANSWERED_BY = ("inform",)


def _within(acknowledge: Allowance, answer: int, resolve: int) -> Timetable:
    return Timetable(
        terms=(
            # With each team that gets it anew: it has not seen it yet.
            Term(DueFor.ACKNOWLEDGE, acknowledge, during=(State.REPORTED,)),
            Term(DueFor.ANSWER, Allowance(days=answer), met_by=ANSWERED_BY),
            Term(DueFor.RESOLVE, Allowance(days=resolve)),
        ),
        begun_by=("report", "reopen"),
        awaiting=(State.MORE_ASKED,),
        person=Allowance(days=15),
        answered_by=(ANSWER, DOCUMENT),
    )


def _days(number: int) -> Allowance:
    return Allowance(days=number)


# fmt: off
TIMETABLES: Mapping[str, Timetable] = {
    # Somebody may be in danger tonight: hours, which also run on days off.
    Category.ABUSE: _within(Allowance(hours=24), 3, 10),
    # A household lives from it, and payments are made once a month.
    Category.PAYMENT: _within(_days(2), 5, 10),
    # It goes on while nobody looks.
    Category.MONEY_ASKED: _within(_days(1), 5, 20),
    # Whoever it is about is heard too.
    Category.STAFF: _within(_days(2), 10, 20),
    # The commune visits the household again.
    Category.ASSESSMENT: _within(_days(3), 10, 20),
    # Read again by somebody else, who needs no more than the first time.
    Category.APPEAL: _within(_days(3), 10, 15),
    Category.DECISION: _within(_days(3), 10, 15),
    # What is wrong is delivered to operators every day.
    Category.DATA: _within(_days(2), 5, 10),
    Category.OTHER: _within(_days(3), 10, 20),
}
# fmt: on

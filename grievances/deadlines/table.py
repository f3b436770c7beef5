"""What the deadlines of a category run from and end with."""

from dsp_platform.casework.deadlines.clock import Allowance
from dsp_platform.casework.deadlines.timetable import DueFor, Term, Timetable
from dsp_platform.casework.workflow import ANSWER, DOCUMENT
from grievances.categories import KINDS, Within
from grievances.models import Grievance

State = Grievance.State
# What gives the person an answer in words without ending it; whatever ends it does so too.
ANSWERED_BY = ("inform",)


def _timetable(within: Within) -> Timetable:
    return Timetable(
        terms=(
            # With each team that gets it anew: it has not seen it yet.
            Term(DueFor.ACKNOWLEDGE, within.acknowledge, during=(State.REPORTED,)),
            Term(DueFor.ANSWER, Allowance(days=within.answer), met_by=ANSWERED_BY),
            Term(DueFor.RESOLVE, Allowance(days=within.resolve)),
        ),
        begun_by=("report", "reopen"),
        awaiting=(State.MORE_ASKED,),
        person=Allowance(days=15),
        answered_by=(ANSWER, DOCUMENT),
    )


TIMETABLES = {kind.category.value: _timetable(kind.within) for kind in KINDS}

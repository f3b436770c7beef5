"""What an operator's own grievance system did with a complaint."""

from applications.workflow import Source
from dsp_platform.casework.errors import NoteMissing
from dsp_platform.casework.workflow import QUESTION
from dsp_platform.database.references import clean_reference
from dsp_platform.exchange.contract import ReportHeld
from dsp_platform.exchange.models import StatusReport
from dsp_platform.exchange.reports.order import later_one_handled
from grievances import services, workflow
from grievances.delivery.records import deliverable
from grievances.models import Grievance
from grievances.pins import PREFIX
from grievances.routing.table import ANEW, UPWARDS
from grievances.workflow import grievance_workflow

STEP_OF_STATUS = {
    "in_review": "take_up",
    "more_asked": QUESTION,
    "informed": "inform",
    "resolved": "resolve",
    "dismissed": "dismiss",
}
# With these it began anew, for whoever has it since.
BEGUN = (*ANEW, *UPWARDS)


def handle(report: StatusReport) -> None:
    """Repeated and late reports change nothing. Raises ``ReportHeld`` for what a person must look at."""
    grievance = _grievance_of(report)
    step = STEP_OF_STATUS.get(report.status)
    if step is None:
        raise ReportHeld("unknown_status")
    note = str(report.values.get("note") or "")
    if _is_known(grievance, step, note) or later_one_handled(report):
        return
    if grievance.events.filter(step__in=BEGUN, at__gt=report.occurred_at).exists():
        return
    if grievance.team.operator_id != report.operator_id:
        raise ReportHeld("with_another_team")
    if step == "inform" and grievance.state == Grievance.State.REPORTED:
        services.handle_by_operator(grievance=grievance, step="take_up", note="")
    if not grievance_workflow.is_allowed(grievance, workflow.STEPS[step]):
        raise ReportHeld("already_decided")
    try:
        services.handle_by_operator(grievance=grievance, step=step, note=note)
    except NoteMissing:
        raise ReportHeld("no_words") from None


def _grievance_of(report: StatusReport) -> Grievance:
    """Locked. Of one that no operator gets nothing is told, not even that there is one."""
    reference = clean_reference(report.subject, PREFIX)
    found = deliverable().filter(reference=reference).first()
    if found is None:
        raise ReportHeld("unknown_subject")
    return grievance_workflow.lock(found)


def _is_known(grievance: Grievance, step: str, note: str) -> bool:
    if step == "take_up":
        # The start only matters to one that nobody took up yet.
        return grievance.state != Grievance.State.REPORTED
    if step in workflow.ANSWERS:
        return grievance.state == workflow.STEPS[step].after
    last = grievance.events.filter(step=step, source=Source.OPERATOR).last()
    return last is not None and (last.note or "") == grievance_workflow.clean_note(note)

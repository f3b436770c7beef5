"""What an operator's own system decided about an application."""

from django.utils.timezone import localdate

from applications import services, workflow
from applications.models import Application
from applications.workflow import application_workflow
from dsp_platform.database.references import clean_reference
from dsp_platform.exchange.contract import ReportHeld
from dsp_platform.exchange.models import StatusReport
from dsp_platform.exchange.reports.order import later_one_handled
from registry.persons.remaining import lock_remaining

STEP_OF_STATUS = {
    "in_review": "take_up",
    "more_asked": "ask_more",
    "approved": "approve",
    "refused": "refuse",
}


def handle(report: StatusReport) -> None:
    """Repeated and late reports change nothing. Raises ``ReportHeld`` for what a person must look at."""
    application = _application_of(report)
    decision = STEP_OF_STATUS.get(report.status)
    if decision is None:
        raise ReportHeld("unknown_status")
    note = str(report.values.get("note") or "")
    if _is_known(application, decision, note) or later_one_handled(report):
        return
    # What is reported was overturned by an appeal since.
    if application.events.filter(step="reopen", at__gt=report.occurred_at).exists():
        return
    if application.state not in workflow.STEPS[decision].before:
        raise ReportHeld("already_decided")
    if decision != "refuse" and application.person.died_on:
        raise ReportHeld("person_died")
    services.decide_by_operator(
        application=application,
        decision=decision,
        note=note,
        since=localdate(report.occurred_at),
        operator_reference=str(report.values.get("reference") or "")[:128],
    )


def _application_of(report: StatusReport) -> Application:
    reference = clean_reference(report.subject, services.PREFIX)
    found = Application.objects.filter(reference=reference).select_related("programme", "person").first()
    if found is None:
        raise ReportHeld("unknown_subject")
    if found.programme.operator_id != report.operator_id:
        raise ReportHeld("not_its_programme")
    lock_remaining(found.person)
    return application_workflow.lock(found)


def _is_known(application: Application, decision: str, note: str) -> bool:
    if decision == "take_up":
        # The start of a review only matters to an application that nobody took up yet.
        return application.state != Application.State.SUBMITTED
    if application.state != workflow.STEPS[decision].after:
        return False
    if decision != "ask_more":
        return True
    last = application.events.filter(step="ask_more").last()
    return last is not None and (last.note or "") == application_workflow.clean_note(note)

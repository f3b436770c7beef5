"""What happened to a grievance, as the reporter reads it."""

from django.utils.translation import gettext as _

from dsp_platform.casework.timeline import Entry
from grievances import workflow
from grievances.models import Grievance, GrievanceEvent


def timeline(grievance: Grievance) -> list[Entry]:
    """Newest first. Staff who answer are not named: the operator or the council answers, not a person."""
    events = grievance.events.select_related("actor").order_by("-at", "-pk")
    return [Entry(_title(event), event.at, str(event.note or "")) for event in events]


def _title(event: GrievanceEvent) -> str:
    """An official who wrote at the counter is named: these are not the reporter's own words."""
    step = workflow.STEPS[event.step]
    if step.name in ("add", "reopen") and event.actor is not None and not event.actor.is_citizen:
        return _("Added by the official %(name)s") % {"name": event.actor}
    return str(step.title)


def what_next(grievance: Grievance) -> str:
    if grievance.decision_id:
        return _next_of_appeal(grievance)
    match grievance.state:
        case Grievance.State.REPORTED:
            return _("Your report will be read and looked into.")
        case Grievance.State.IN_REVIEW:
            return _("It is being looked into. The answer will stand on this page.")
        case _:
            return _("If you do not agree with the answer, tell us why. It will be looked into again.")


def _next_of_appeal(grievance: Grievance) -> str:
    match grievance.state:
        case Grievance.State.UPHELD:
            return _("The decision stands. If something was not done properly, you can report a grievance.")
        case Grievance.State.OVERTURNED:
            return _("Your application is reviewed anew, by somebody else than the first time.")
        case _:
            return _("Somebody who did not take the decision looks at it again. The answer will stand here.")

"""What happened to a grievance, as the reporter reads it."""

from django.utils.translation import gettext as _

from dsp_platform.casework.timeline import Entry
from grievances import workflow
from grievances.models import Grievance


def timeline(grievance: Grievance) -> list[Entry]:
    """Newest first. Staff who answer are not named: the operator or the council answers, not a person."""
    events = grievance.events.select_related("actor").order_by("-at", "-pk")
    entries = []
    for event in events:
        title = str(workflow.STEPS[event.step].title)
        # An official who wrote at the counter is named: these are not the reporter's own words.
        if event.step in ("add", "reopen") and event.actor is not None and not event.actor.is_citizen:
            title = _("Added by the official %(name)s") % {"name": event.actor}
        entries.append(Entry(title, event.at, event.note or ""))
    return entries


def what_next(grievance: Grievance) -> str:
    match grievance.state:
        case Grievance.State.UPHELD:
            return _("The decision stands. If something was not done properly, you can report a grievance.")
        case Grievance.State.OVERTURNED:
            return _("Your application is reviewed anew, by somebody else than the first time.")
        case _ if grievance.decision_id:
            return _("Somebody who did not take the decision looks at it again. The answer will stand here.")
        case Grievance.State.REPORTED:
            return _("Your report will be read and looked into.")
        case Grievance.State.IN_REVIEW:
            return _("It is being looked into. The answer will stand on this page.")
        case _:
            return _("If you do not agree with the answer, tell us why. It will be looked into again.")

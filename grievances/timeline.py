"""The grievance's story as the one who reported it reads it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from grievances import workflow
from grievances.models import Grievance


@dataclass(frozen=True, slots=True)
class Entry:
    title: str
    at: datetime
    text: str


def timeline(grievance: Grievance) -> list[Entry]:
    """Newest first. Staff are not named: the operator or the council answers, not a person."""
    return [
        Entry(str(workflow.STEPS[event.step].title), event.at, str(event.note or ""))
        for event in grievance.events.order_by("-at", "-pk")
    ]


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

"""The grievances of an official's teams, at their desk."""

from django.db.models import QuerySet

from dsp_platform.accounts.models import User
from dsp_platform.casework.selectors import oldest_due_first
from dsp_platform.database.references import clean_reference
from grievances.models import Grievance, GrievanceEvent
from grievances.pins import PREFIX
from grievances.routing.table import ANEW, UPWARDS
from grievances.selectors import queue_of


def open_at_desk(user: User) -> QuerySet[Grievance]:
    """Oldest due first."""
    rows = queue_of(user).filter(state__in=Grievance.OPEN_STATES)
    return oldest_due_first(rows.select_related("area", "assignee"))


def at_desk(user: User, reference: str) -> Grievance | None:
    """Open or answered, by its reference."""
    cleaned = clean_reference(reference, PREFIX)
    beside = (
        "area",
        "team",
        "programme",
        "enrolment",
        "person",
        "office",
        "application__programme",
        "decision",
    )
    return queue_of(user).select_related(*beside).filter(reference=cleaned).first() if cleaned else None


def has_left(user: User, reference: str) -> bool:
    """Whether this user's own step was the one that gave it to another team."""
    rows = GrievanceEvent.objects.filter(grievance__reference=clean_reference(reference, PREFIX))
    last = rows.filter(step__in=(*ANEW, *UPWARDS)).last()
    return last is not None and last.actor_id == user.pk

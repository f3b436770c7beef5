"""The grievances of an official's teams, at their desk."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from dsp_platform.accounts.models import User
from dsp_platform.casework.assignment import FILTERS, assigned
from dsp_platform.casework.notes import with_has_notes
from dsp_platform.casework.queue.tabs import LATE, WAITING, due
from dsp_platform.casework.selectors import latest_closed_first, oldest_due_first
from dsp_platform.database.references import clean_reference
from dsp_platform.web.request_cache import remember
from grievances.about import RELATIONS
from grievances.deciders import grievance_deciders
from grievances.models import Grievance, GrievanceEvent
from grievances.pins import PREFIX
from grievances.routing.table import ANEW, UPWARDS
from grievances.selectors import may_handle, queue_of
from grievances.workflow import grievance_workflow

ANSWERED = "answered"
PARTS = [
    ("", gettext_lazy("All that is open")),
    *FILTERS,
    (LATE, gettext_lazy("Late")),
    (WAITING, gettext_lazy("Waiting for the person")),
    (ANSWERED, gettext_lazy("Answered")),
]


def _beside(rows: QuerySet[Grievance]) -> QuerySet[Grievance]:
    return rows.select_related("area", "assignee", "programme")


def open_at_desk(user: User) -> QuerySet[Grievance]:
    """Oldest due first."""
    return oldest_due_first(_beside(queue_of(user)).filter(state__in=Grievance.OPEN_STATES))


def at_desk_in(part: str, user: User) -> QuerySet[Grievance]:
    """One of ``PARTS``, all that is open for any other. Oldest due first; what is answered, the latest
    first."""
    if part == ANSWERED:
        return latest_closed_first(_beside(queue_of(user)).exclude(state__in=Grievance.OPEN_STATES))
    opened = open_at_desk(user)
    if part == LATE:
        return due(opened, LATE)
    if part == WAITING:
        return opened.filter(state__in=grievance_workflow.awaiting_answer())
    return assigned(opened, user, part, grievance_deciders)


def at_desk(user: User, reference: str) -> Grievance | None:
    """Open or answered, by its reference."""
    cleaned = clean_reference(reference, PREFIX)
    rows = with_has_notes(queue_of(user).select_related(*RELATIONS))
    found: Grievance | None = rows.filter(reference=cleaned).first() if cleaned else None
    if found is not None:
        remember(may_handle, True, user, found)
    return found


def has_left(user: User, reference: str) -> bool:
    """Whether this user's own step was the one that gave it to another team."""
    rows = GrievanceEvent.objects.filter(grievance__reference=clean_reference(reference, PREFIX))
    last = rows.filter(step__in=(*ANEW, *UPWARDS)).last()
    return last is not None and last.actor_id == user.pk

"""What the reporter says of the answer: solved, partly, or not."""

from django.db import transaction

from dsp_platform.accounts.assisted_sessions.services import lock_assisted_session
from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.casework.errors import StepNotAllowed
from grievances import workflow
from grievances.actors import named_actor, traceable_session
from grievances.models import Grievance
from grievances.workflow import grievance_workflow
from registry.persons.conflicts import refuse_relatives

# How often one answer may be judged: whoever changes their mind, or hit the wrong button.
MOST_RATINGS = 5


def may_rate(grievance: Grievance) -> bool:
    """Any answer, as long as the reporter could have it looked at again."""
    closed = grievance.state in workflow.CLOSED and workflow.is_recent(grievance)
    if not closed or grievance.answered_at is None:
        return False
    said = grievance.events.filter(step="rate", at__gte=grievance.answered_at)
    return said.count() < MOST_RATINGS


@transaction.atomic
def rate_answer(
    *,
    grievance: Grievance,
    actor: User | None,
    assisted_session: AssistedSession | None,
    satisfaction: str,
) -> Grievance:
    """By whoever has proved to be the reporter. The same said twice is said once.

    Raises ``StepNotAllowed`` where it is too late or was changed too often, ``ReasonMissing`` for a word that
    is none of them, ``InConflict`` for an official related to the reporter.
    """
    if actor is not None:
        lock_assisted_session(user=actor, assisted_session=assisted_session)
    grievance = grievance_workflow.lock(grievance)
    refuse_relatives(actor, assisted_session, grievance.person)
    if satisfaction and grievance.satisfaction == satisfaction:
        return grievance
    if not may_rate(grievance):
        raise StepNotAllowed(grievance_workflow.not_allowed)
    grievance.satisfaction = satisfaction
    grievance_workflow.take_step(
        grievance,
        "rate",
        actor=named_actor(grievance, actor),
        reason=satisfaction,
        assisted_session=traceable_session(grievance, assisted_session),
        fields=["satisfaction"],
    )
    grievance_workflow.tell_added(grievance, actor)
    return grievance

"""Who is named for a step of the reporter, and which assisted session it may lead back to."""

from dsp_platform.accounts.models import AssistedSession, User
from grievances import workflow
from grievances.models import Grievance


def named_actor(grievance: Grievance, actor: User | None) -> User | None:
    """A reporter who stayed unnamed stays so, also when signed in while adding something. An official never
    does: the reporter reads who wrote it."""
    return actor if grievance.is_named or (actor and not actor.is_citizen) else None


def traceable_session(
    grievance: Grievance, assisted_session: AssistedSession | None
) -> AssistedSession | None:
    """None for an unnamed or sensitive report: it must not be traceable to the assisted session in which it
    was made, or something added."""
    is_traceable = grievance.is_named and grievance.category not in workflow.SENSITIVE
    return assisted_session if is_traceable else None

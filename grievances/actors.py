"""Who is named for a step of the reporter, and which assisted session it may lead back to."""

from dsp_platform.accounts.models import AssistedSession, User
from grievances.models import Grievance


def named_actor(grievance: Grievance, actor: User | None) -> User | None:
    """A reporter who stayed unnamed stays so, also when signed in while adding something. An official never
    does: the reporter reads who wrote it."""
    return actor if grievance.is_named or (actor and not actor.is_citizen) else None


def is_secret(grievance: Grievance) -> bool:
    """The access log would tell of it to whom it must not: to who shares the phone, and in an assisted
    session to whom it is about. Also where an official wrote down who told it: nobody proved that, and the
    person may not know of it."""
    is_secret = bool(grievance.told_in_secret) or grievance.office_id is not None
    return is_secret or grievance.channel in Grievance.TYPED_BY_OFFICIALS


def looked_at(grievance: Grievance) -> list[tuple[str, int]]:
    """In whose access log it stands that staff looked at this: the person's, or nobody's."""
    if is_secret(grievance) or grievance.person_id is None:
        return []
    return [("person", grievance.person_id)]


def traceable_session(
    grievance: Grievance, assisted_session: AssistedSession | None
) -> AssistedSession | None:
    """None for a report that is unnamed or that no access log tells of: it must not be traceable to the
    assisted session in which it was made, or something added."""
    return assisted_session if grievance.is_named and looked_at(grievance) else None

"""The reporter of a grievance on its pages: by account, assisted session, or reference and PIN."""

from django.http import HttpRequest

from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.accounts.visitors import assisted_session_of
from dsp_platform.audit import services as audit
from grievances import pin_session, selectors
from grievances.actors import looked_at
from grievances.models import Grievance


def user_of(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def found_by_reporter(request: HttpRequest, reference: str) -> Grievance | None:
    """None alike for unknown and not allowed; whoever has the PIN can enter it."""
    found = selectors.by_reference(reference)
    if found is not None and pin_session.is_proven(request, found):
        return found
    return selectors.grievance_visible_to(request.user, assisted_session_of(request), reference)


def session_for_audit(request: HttpRequest, found: Grievance) -> AssistedSession | None:
    """None where it would join the grievance to a person whose access log does not tell of it."""
    return assisted_session_of(request) if looked_at(found) else None


def log_access(request: HttpRequest, found: Grievance) -> None:
    """Logs every access by an official, also by PIN."""
    user, assisted_session = user_of(request), session_for_audit(request, found)
    if user is None or user.is_citizen:
        return
    assisted_session_id = assisted_session.pk if assisted_session else None
    for kind, subject in [("grievance", found.pk), *looked_at(found)]:
        audit.record(
            actor=user,
            action="view",
            subject_kind=kind,
            subject_id=subject,
            reason="grievance",
            assisted_session_id=assisted_session_id,
        )

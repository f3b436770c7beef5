"""The reporter of a grievance on its pages: by account, assisted session, or reference and PIN."""

from django.http import HttpRequest

from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.accounts.visitors import assisted_session_of
from grievances import pin_session, selectors, workflow
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
    """None where it would join an unnamed or sensitive grievance to a person."""
    bare = found.person_id is None or found.category in workflow.SENSITIVE
    return None if bare else assisted_session_of(request)

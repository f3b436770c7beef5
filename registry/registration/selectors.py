"""Drafts of registrations."""

from dsp_platform.accounts.models import AssistedSession, User
from registry.models import Draft
from registry.persons.selectors import MOST


def unfinished_drafts(official: User) -> list[Draft]:
    """Drafts this official began in assisted sessions that have ended since, newest first."""
    ended = AssistedSession.objects.filter(official=official).exclude(ended_at=None)
    drafts = Draft.objects.filter(owner=official, household=None, assisted_session_id__in=ended.values("pk"))
    return list(drafts.order_by("-saved_at")[:MOST])


def draft_of(owner: User, assisted_session: AssistedSession | None) -> Draft | None:
    """The draft of the assisted session, or of the citizen's account; also a submitted one."""
    if assisted_session is None:
        return Draft.objects.filter(owner=owner, assisted_session_id=None).first()
    return Draft.objects.filter(owner=owner, assisted_session_id=assisted_session.pk).first()

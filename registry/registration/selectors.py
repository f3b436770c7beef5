"""Drafts of registrations."""

from django.db.models import QuerySet

from dsp_platform.accounts.models import AssistedSession, User
from registry.models import Draft
from registry.persons.labels import full_name
from registry.persons.search import MOST


def unfinished_drafts(official: User) -> list[Draft]:
    """Newest first."""
    return list(left_unfinished(official).order_by("-saved_at")[:MOST])


def left_unfinished(official: User) -> QuerySet[Draft]:
    """Drafts this official began in assisted sessions that have ended since, and may take up in another one.

    Not of a case of somebody registered, who returns: their next case begins from their record.
    """
    ended = AssistedSession.objects.filter(official=official, subject_id=None).exclude(ended_at=None)
    return Draft.objects.filter(owner=official, household=None, assisted_session_id__in=ended.values("pk"))


def draft_of(owner: User, assisted_session: AssistedSession | None) -> Draft | None:
    """The draft of the assisted session, or of the citizen's account; also a submitted one."""
    if assisted_session is None:
        return Draft.objects.filter(owner=owner, assisted_session_id=None).first()
    return Draft.objects.filter(owner=owner, assisted_session_id=assisted_session.pk).first()


def name_of_head(draft: Draft | None) -> str:
    """Who comes first in it; empty where nobody is written yet."""
    members = draft.answers.get("members") if draft else None
    return full_name(members[0]) if members else ""

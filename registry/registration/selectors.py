"""Drafts of registrations."""

from dsp_platform.accounts.models import Case, User
from registry.models import Draft
from registry.persons.selectors import MOST


def unfinished_drafts(official: User) -> list[Draft]:
    """Drafts this official began in cases that have ended since, newest first."""
    ended = Case.objects.filter(official=official).exclude(ended_at=None)
    drafts = Draft.objects.filter(owner=official, household=None, case_id__in=ended.values("pk"))
    return list(drafts.order_by("-saved_at")[:MOST])


def draft_of(owner: User, case: Case | None) -> Draft | None:
    """The draft of the case, or of the citizen's account; also a submitted one."""
    if case is None:
        return Draft.objects.filter(owner=owner, case_id=None).first()
    return Draft.objects.filter(owner=owner, case_id=case.pk).first()

"""The answers to a programme's questions until the application is sent."""

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from applications.models import AnswerDraft
from applications.selectors import may_act_for
from dsp_platform.accounts.models import AssistedSession, User
from registry.models import Person, Programme, QuestionsVersion
from registry.persons.scope import require_assisted_session

KEPT = timedelta(days=30)


def draft_of(
    owner: User, assisted_session: AssistedSession | None, person: Person, programme: Programme
) -> AnswerDraft | None:
    """In a case only what was told in one of the same person."""
    subject = assisted_session.subject_id if assisted_session else None
    rows = AnswerDraft.objects.filter(owner=owner, subject=subject, person=person, programme=programme)
    return rows.select_related("answers_to").first()


def kept_until(draft: AnswerDraft | None) -> date | None:
    return timezone.localdate(draft.saved_at + KEPT) if draft else None


@transaction.atomic
def save_draft(
    *,
    owner: User,
    assisted_session: AssistedSession | None,
    person: Person,
    programme: Programme,
    version: QuestionsVersion,
    answers: dict[str, Any],
) -> AnswerDraft:
    """Raises ``PermissionDenied`` when the owner may not act for the person."""
    require_assisted_session(owner, assisted_session)
    if not may_act_for(owner, assisted_session, person):
        raise PermissionDenied
    values = {"answers_to": version, "answers": answers, "saved_at": timezone.now()}
    draft, _made = AnswerDraft.objects.update_or_create(
        owner=owner,
        subject_id=assisted_session.subject_id if assisted_session else None,
        person=person,
        programme=programme,
        defaults=values,
    )
    return draft


def forget_drafts(account: User) -> None:
    """Of an account that is handed over to another person, who must not read them."""
    AnswerDraft.objects.filter(owner=account).delete()


def purge() -> int:
    """Delete answers that were left unsent for 30 days."""
    return AnswerDraft.objects.filter(saved_at__lt=timezone.now() - KEPT).delete()[0]

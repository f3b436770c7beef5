from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from dsp_platform.accounts.models import AssistedSession, User
from registry.models import ChangeDraft, Draft, Household, Person, lives_in
from registry.persons.scope import require_assisted_session
from registry.registration.selectors import left_unfinished

KEPT = timedelta(days=30)


def kept_until(draft: Draft | None) -> date | None:
    """The day on which the answers are deleted; None without any."""
    unfinished = draft is not None and draft.household_id is None
    return timezone.localdate(draft.saved_at + KEPT) if draft and unfinished else None


def registered_household(draft: Draft | None) -> Household | None:
    """The household registered from the draft; None where the account is another person's by now, or its
    person has left the household since."""
    if draft is None or draft.household is None:
        return None
    theirs = Person.objects.filter(lives_in([draft.household]), account=draft.owner_id)
    return draft.household if draft.assisted_session_id is not None or theirs.exists() else None


def forget_drafts(account: User) -> None:
    """Delete the drafts of an account that is handed over to another person, who must not read them."""
    ChangeDraft.objects.filter(owner=account, assisted_session_id=None).delete()
    drafts = Draft.objects.filter(owner=account, assisted_session_id=None)
    drafts.exclude(household=None).delete()
    if not Person.objects.filter(account=account).exists():
        # Emptied, not deleted: the second submit of a double click waits for the lock of this row.
        drafts.update(answers={})


def _key(owner: User, assisted_session: AssistedSession | None) -> dict[str, UUID | User | None]:
    if assisted_session is None:
        return {"owner": owner, "assisted_session_id": None}
    if assisted_session.official_id != owner.pk:
        raise PermissionDenied("the assisted session is another official's")
    return {"assisted_session_id": assisted_session.pk}


@transaction.atomic
def save_draft(*, owner: User, assisted_session: AssistedSession | None, answers: dict[str, Any]) -> Draft:
    """Store the answers so far. A submitted draft stays as it is."""
    require_assisted_session(owner, assisted_session)
    draft, made = Draft.objects.select_for_update().get_or_create(
        **_key(owner, assisted_session), defaults={"owner": owner, "answers": answers}
    )
    if not made and registered_household(draft) is None:
        draft.answers, draft.household, draft.saved_at = answers, None, timezone.now()
        draft.save(update_fields=["answers", "household", "saved_at"])
    return draft


@transaction.atomic
def take_up_draft(*, draft_id: UUID, assisted_session: AssistedSession) -> Draft | None:
    """Continue in this assisted session a draft that the same official left unfinished in an earlier one.

    None if it was submitted or discarded, is another official's, is of somebody who returns, or is in use.
    """
    if assisted_session.subject_id is not None or assisted_session.ended_at is not None:
        return None
    draft = left_unfinished(assisted_session.official).select_for_update().filter(pk=draft_id).first()
    if draft is not None:
        draft.assisted_session_id, draft.saved_at = assisted_session.pk, timezone.now()
        draft.save(update_fields=["assisted_session_id", "saved_at"])
    return draft


@transaction.atomic
def add_late_answers(*, official: User, ended: UUID, before: dict[str, Any], answers: dict[str, Any]) -> bool:
    """Store what was written in a case that has ended since, in the draft that it left. ``before``: the
    answers it was added to; False where the draft has others by now, or was taken up or sent.
    """
    left = left_unfinished(official).select_for_update().filter(assisted_session_id=ended).first()
    if left is None or left.answers != before:
        return False
    left.answers, left.saved_at = answers, timezone.now()
    left.save(update_fields=["answers", "saved_at"])
    return True


def discard_draft(*, owner: User, assisted_session: AssistedSession | None) -> None:
    Draft.objects.filter(**_key(owner, assisted_session), household=None).delete()


def purge_drafts() -> int:
    """Delete the answers of registrations left unfinished for 30 days."""
    return Draft.objects.filter(saved_at__lt=timezone.now() - KEPT).delete()[0]

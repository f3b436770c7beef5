from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from dsp_platform.accounts.models import AssistedSession, User
from registry.models import ChangeDraft
from registry.persons.scope import require_assisted_session

KEPT = timedelta(days=30)


@transaction.atomic
def save_change_draft(
    *, owner: User, assisted_session: AssistedSession | None, kind: str, answers: dict[str, Any]
) -> ChangeDraft:
    """Store the answers so far. After a draft was sent, the next answer begins another."""
    require_assisted_session(owner, assisted_session)
    key: dict[str, Any] = (
        {"assisted_session_id": assisted_session.pk}
        if assisted_session
        else {"owner": owner, "assisted_session_id": None}
    )
    draft, _made = ChangeDraft.objects.select_for_update().get_or_create(
        **key, kind=kind, defaults={"owner": owner}
    )
    draft.answers, draft.request, draft.saved_at = answers, None, timezone.now()
    draft.save(update_fields=["answers", "request", "saved_at"])
    return draft


def purge_change_drafts() -> int:
    """Delete the answers of changes left unsent for 30 days."""
    return ChangeDraft.objects.filter(saved_at__lt=timezone.now() - KEPT).delete()[0]

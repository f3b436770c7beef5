from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from dsp_platform.accounts.models import Case, User
from registry.models import ChangeDraft
from registry.persons.scope import require_case

KEPT = timedelta(days=30)


@transaction.atomic
def save_change_draft(*, owner: User, case: Case | None, kind: str, answers: dict[str, Any]) -> ChangeDraft:
    """Store the answers so far. After a draft was sent, the next answer begins another."""
    require_case(owner, case)
    key: dict[str, Any] = {"case_id": case.pk} if case else {"owner": owner, "case_id": None}
    draft, _made = ChangeDraft.objects.select_for_update().get_or_create(
        **key, kind=kind, defaults={"owner": owner}
    )
    draft.answers, draft.request, draft.saved_at = answers, None, timezone.now()
    draft.save(update_fields=["answers", "request", "saved_at"])
    return draft


def purge_change_drafts() -> int:
    """Delete the answers of changes left unsent for 30 days."""
    return ChangeDraft.objects.filter(saved_at__lt=timezone.now() - KEPT).delete()[0]

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser

from dsp_platform.audit.models import AuditEvent
from dsp_platform.audit.selectors import LISTED


def record_listed(*, actor: AbstractBaseUser, subject_kind: str, subject_ids: Iterable[int]) -> None:
    """These were among the results of a search by this actor: one statement, however many."""
    AuditEvent.objects.bulk_create(
        AuditEvent(actor_id=actor.pk, action=LISTED, subject_kind=subject_kind, subject_id=subject)
        for subject in subject_ids
    )


def record(
    *,
    actor: AbstractBaseUser | None,
    action: str,
    subject_kind: str,
    subject_id: int | None = None,
    reason: str = "",
    case_id: UUID | None = None,
    details: dict[str, Any] | None = None,
) -> None:
    """Note an act or a look. ``action`` is a verb (``view``, ``search``, ``decide``); no personal data."""
    AuditEvent.objects.create(
        actor_id=actor.pk if actor else None,
        action=action,
        subject_kind=subject_kind,
        subject_id=subject_id,
        reason=reason,
        case_id=case_id,
        details=details or {},
    )

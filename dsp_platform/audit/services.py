from typing import Any
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser

from dsp_platform.audit.models import AuditEvent


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

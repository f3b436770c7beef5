from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser

from dsp_platform.audit.models import AuditEvent
from dsp_platform.audit.selectors import LISTED
from dsp_platform.database.inserts import insert


def record_listed(
    *, actor: AbstractBaseUser, subject_kind: str, subject_ids: Iterable[int], reason: str = ""
) -> None:
    """The results of a search, in one statement."""
    AuditEvent.objects.bulk_create(
        AuditEvent(
            actor_id=actor.pk, action=LISTED, subject_kind=subject_kind, subject_id=subject, reason=reason
        )
        for subject in subject_ids
    )


def record_list(
    *,
    actor: AbstractBaseUser,
    kind: str,
    details: dict[str, Any],
    subjects: Iterable[tuple[str, int]],
    action: str = "list",
) -> None:
    """An opened list of this kind, or a search, and each subject that it showed, in one statement."""
    listed = [
        AuditEvent(actor_id=actor.pk, action=LISTED, subject_kind=subject_kind, subject_id=subject)
        for subject_kind, subject in subjects
    ]
    insert([AuditEvent(actor_id=actor.pk, action=action, subject_kind=kind, details=details), *listed])


def record_each(
    *,
    actor: AbstractBaseUser | None,
    action: str,
    subjects: Iterable[tuple[str, int]],
    reason: str = "",
    assisted_session_id: UUID | None = None,
    details: dict[str, Any] | None = None,
) -> None:
    """One action on several subjects, each by kind and key, in one statement."""
    insert(
        [
            AuditEvent(
                actor_id=actor.pk if actor else None,
                action=action,
                subject_kind=kind,
                subject_id=subject,
                reason=reason,
                assisted_session_id=assisted_session_id,
                details=details or {},
            )
            for kind, subject in subjects
        ]
    )


def record(
    *,
    actor: AbstractBaseUser | None,
    action: str,
    subject_kind: str,
    subject_id: int | None = None,
    reason: str = "",
    assisted_session_id: UUID | None = None,
    details: dict[str, Any] | None = None,
) -> None:
    """``action`` is a registered code (``view``, ``search``, ``decide``). No personal data in ``details``."""
    AuditEvent.objects.create(
        actor_id=actor.pk if actor else None,
        action=action,
        subject_kind=subject_kind,
        subject_id=subject_id,
        reason=reason,
        assisted_session_id=assisted_session_id,
        details=details or {},
    )

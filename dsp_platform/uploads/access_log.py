"""Access log of documents. Views of one document within half an hour are one entry."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.audit import services as audit
from dsp_platform.audit.models import AuditEvent
from dsp_platform.uploads.contract import registered_subject
from dsp_platform.uploads.models import Upload

LOGGED_ONCE_IN = timedelta(minutes=30)


def log_access(user: User, assisted_session: AssistedSession | None, upload: Upload) -> None:
    """Recorded for the person concerned, who can read it; a citizen's own views are not recorded."""
    subject = registered_subject(upload.subject_kind)
    about = subject.person(upload.subject_key) if subject else None
    if user.is_citizen or about is None:
        return
    event: dict[str, Any] = {
        "actor": user,
        "action": "view",
        "subject_kind": "person",
        "subject_id": about,
        "reason": "document",
        "details": {"upload": str(upload.pk)},
    }
    if not AuditEvent.objects.filter(**event, at__gt=timezone.now() - LOGGED_ONCE_IN).exists():
        audit.record(**event, assisted_session_id=assisted_session.pk if assisted_session else None)

"""Access log of documents. Views of one document within half an hour are one entry."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from dsp_platform.accounts.models import Case, User
from dsp_platform.audit import services as audit
from dsp_platform.audit.models import AuditEvent
from dsp_platform.uploads.contract import subject_of
from dsp_platform.uploads.models import Upload

ONE_LOOK = timedelta(minutes=30)


def note_look(user: User, case: Case | None, upload: Upload) -> None:
    """Recorded for the person concerned, who can read it; a citizen's own views are not recorded."""
    subject = subject_of(upload.subject_kind)
    if user.is_citizen or subject is None:
        return
    look: dict[str, Any] = {
        "actor": user,
        "action": "view",
        "subject_kind": "person",
        "subject_id": subject.person(upload.subject_key),
        "reason": "document",
        "details": {"upload": str(upload.pk)},
    }
    if not AuditEvent.objects.filter(**look, at__gt=timezone.now() - ONE_LOOK).exists():
        audit.record(**look, case_id=case.pk if case else None)

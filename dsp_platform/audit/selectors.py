from django.db.models import QuerySet

from dsp_platform.audit.models import AuditEvent

# What counts as a look: the record was on somebody's screen or left the house on paper or in a file.
LOOKS = ("view", "open_case", "print", "export")


def looks_at(subject_kind: str, subject_id: int) -> QuerySet[AuditEvent]:
    """Who looked at this record and why, newest first: what the citizen may read about themselves."""
    return (
        AuditEvent.objects.filter(subject_kind=subject_kind, subject_id=subject_id, action__in=LOOKS)
        .select_related("actor")
        .order_by("-at", "-id")
    )

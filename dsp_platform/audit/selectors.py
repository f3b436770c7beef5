from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Q, QuerySet

from dsp_platform.audit.actions import Effect, action_codes
from dsp_platform.audit.models import AuditEvent

# The record was among the results of a search. The search term is not stored.
LISTED = "listed"


def looks_at(subject_kind: str, subject_id: int) -> QuerySet[AuditEvent]:
    """Who accessed this record and why, newest first: what the citizen may read about themselves."""
    return (
        AuditEvent.objects.filter(
            subject_kind=subject_kind, subject_id=subject_id, action__in=action_codes(Effect.LOOK)
        )
        .select_related("actor")
        .order_by("-at", "-id")
    )


def looks_at_any(
    subjects: Mapping[str, Collection[int]], *, before: int | None = None
) -> QuerySet[AuditEvent]:
    """Looks at any of these (kind to ids), newest first; ``before`` is the last event of the page before."""
    any_of = Q(pk__in=())
    for kind, ids in subjects.items():
        any_of |= Q(subject_kind=kind, subject_id__in=list(ids))
    looks = AuditEvent.objects.filter(any_of, action__in=action_codes(Effect.LOOK))
    if before is not None:
        looks = looks.filter(pk__lt=before)
    return looks.select_related("actor").order_by("-pk")


def acts_in_cases(cases: Collection[UUID]) -> QuerySet[AuditEvent]:
    """Changes made in these cases, without looks: oldest first."""
    acts = AuditEvent.objects.filter(case_id__in=list(cases)).exclude(action__in=action_codes(Effect.LOOK))
    return acts.order_by("pk")


def was_recorded(
    *, actor: AbstractBaseUser, action: str, reason: str, details: dict[str, Any], since: datetime
) -> bool:
    """Whether exactly this was recorded of the actor before."""
    theirs = AuditEvent.objects.filter(actor_id=actor.pk, at__gt=since)
    return theirs.filter(action=action, reason=reason, details=details).exists()

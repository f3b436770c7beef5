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


def access_log(subject_kind: str, subject_id: int) -> QuerySet[AuditEvent]:
    """Who accessed this record and why, newest first: what the citizen may read about themselves."""
    return (
        AuditEvent.objects.filter(
            subject_kind=subject_kind, subject_id=subject_id, action__in=action_codes(Effect.ACCESS)
        )
        .select_related("actor")
        .order_by("-at", "-id")
    )


def access_log_of(
    subjects: Mapping[str, Collection[int]], *, before: int | None = None
) -> QuerySet[AuditEvent]:
    """Accesses to any of these (kind to ids), newest first; ``before``: last event of the previous page."""
    any_of = Q(pk__in=())
    for kind, ids in subjects.items():
        any_of |= Q(subject_kind=kind, subject_id__in=list(ids))
    accesses = AuditEvent.objects.filter(any_of, action__in=action_codes(Effect.ACCESS))
    if before is not None:
        accesses = accesses.filter(pk__lt=before)
    return accesses.select_related("actor").order_by("-pk")


def actions_in_assisted_sessions(assisted_sessions: Collection[UUID]) -> QuerySet[AuditEvent]:
    """Changes made in these assisted sessions, without accesses: oldest first."""
    events = AuditEvent.objects.filter(assisted_session_id__in=list(assisted_sessions))
    return events.exclude(action__in=action_codes(Effect.ACCESS)).order_by("pk")


def actions_by_session(assisted_sessions: Collection[UUID]) -> dict[UUID, list[str]]:
    """The same by session, each action once."""
    actions: dict[UUID, list[str]] = {}
    for event in actions_in_assisted_sessions(assisted_sessions):
        if event.assisted_session_id:
            of_session = actions.setdefault(event.assisted_session_id, [])
            if event.action not in of_session:
                of_session.append(event.action)
    return actions


def was_recorded(
    *, actor: AbstractBaseUser, action: str, reason: str, details: dict[str, Any], since: datetime
) -> bool:
    """Whether exactly this was recorded of the actor before."""
    theirs = AuditEvent.objects.filter(actor_id=actor.pk, at__gt=since)
    return theirs.filter(action=action, reason=reason, details=details).exists()

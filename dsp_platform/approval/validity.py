"""Whether a proposal is still valid, and which changes would invalidate it.

Until it is approved it depends on everything its reader saw. Approved for a later day it depends only on
what it changes: two people agreed on that, and a corrected word elsewhere does not invalidate it.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from dsp_platform.admin.roles import STEWARD
from dsp_platform.approval.contract import ProposalKind, kind_of, kinds
from dsp_platform.approval.errors import DependentProposal
from dsp_platform.approval.models import WAITS, Proposal

State = Proposal.State
SHOWN_FOR = timedelta(days=30)


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """As JSON in the database, so that a digest is the same before and after."""
    read: dict[str, Any] = json.loads(json.dumps(values, cls=DjangoJSONEncoder))
    return read


def digest_of(proposal: Proposal, state: Mapping[str, Any]) -> str:
    """SHA-256 of what is proposed together with the state it starts from."""
    text = {
        "kind": proposal.kind,
        "act": proposal.act,
        "subject": proposal.subject,
        "payload": proposal.payload,
        "before": state,
        "effective_from": proposal.effective_from.isoformat(),
    }
    canonical = json.dumps(text, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def is_current(proposal: Proposal) -> bool:
    """Whether everything that its reader saw is unchanged."""
    return digest_of(proposal, _now(proposal)) == proposal.digest


def is_valid(proposal: Proposal) -> bool:
    """Whether it can be approved, or, once it is approved, carried out on its day."""
    if proposal.state != State.APPROVED:
        return is_current(proposal)
    now, before = _now(proposal), proposal.before
    depended_on = _depends_on(kind_of(proposal), proposal)
    return (
        digest_of(proposal, before) == proposal.digest
        and all(now.get(name) == before.get(name) for name in depended_on)
        and deciders_are_stewards(proposal)
    )


def deciders_are_stewards(proposal: Proposal) -> bool:
    two = get_user_model()._default_manager.filter(pk__in=[proposal.proposed_by_id, proposal.decided_by_id])
    return two.filter(role=STEWARD, is_active=True).count() == 2


def conflict(proposal: Proposal) -> DependentProposal | None:
    """If it would change what another proposal changes that is approved and waits for its day."""
    kind = kind_of(proposal)
    changes = kind.changes(proposal)
    approved = Proposal.objects.filter(
        kind=proposal.kind, subject=proposal.subject, state=State.APPROVED
    ).order_by("pk")
    for other in approved:
        if other.pk != proposal.pk and changes & kind.changes(other):
            return DependentProposal(kind.name(other), other.effective_from)
    return None


def broken_by(kind: str, subject: str, fields: Collection[str]) -> DependentProposal | None:
    """If a waiting proposal depends on these fields of the state."""
    own = kinds[kind]
    since = timezone.now() - WAITS
    proposals = Proposal.objects.filter(kind=kind, subject=subject)
    for proposal in proposals.filter(
        Q(state=State.APPROVED) | Q(state=State.PROPOSED, proposed_at__gte=since)
    ):
        if _depends_on(own, proposal) & set(fields):
            day = None if proposal.is_open else proposal.effective_from
            return DependentProposal(own.name(proposal), day)
    return None


def approved_by_or_of(account: int) -> list[Proposal]:
    """Approved proposals that are carried out only if this account is still a steward's."""
    waiting = Proposal.objects.filter(state=State.APPROVED).order_by("effective_from", "pk")
    return list(waiting.filter(Q(proposed_by=account) | Q(decided_by=account)))


def count_invalid() -> tuple[int, int]:
    """How many were approved and cannot be carried out: waiting for their day, and closed lately.

    Without those that were proposed again since.
    """
    waiting = sum(not is_valid(proposal) for proposal in Proposal.objects.filter(state=State.APPROVED))
    anew = Proposal.objects.filter(
        kind=OuterRef("kind"), subject=OuterRef("subject"), proposed_at__gt=OuterRef("closed_at")
    )
    given_up = Proposal.objects.filter(
        state=State.OVERTAKEN, decided_by__isnull=False, closed_at__gte=timezone.now() - SHOWN_FOR
    )
    return waiting, given_up.exclude(Exists(anew)).count()


def _depends_on(kind: ProposalKind, proposal: Proposal) -> set[str]:
    if proposal.is_open:
        return set(proposal.before)
    return kind.changes(proposal) | set(kind.depends_on)


def _now(proposal: Proposal) -> dict[str, Any]:
    return plain(kind_of(proposal).state(proposal.act, proposal.subject))

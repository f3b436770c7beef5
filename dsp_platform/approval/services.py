"""Propose, approve, refuse, withdraw. The only way to change what needs two people."""

import json
import logging
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from dsp_platform.admin.roles import STEWARD
from dsp_platform.approval.contract import ProposalKind, kind_of, kinds
from dsp_platform.approval.errors import (
    AlreadyPending,
    ChangedSinceRead,
    Decided,
    NobodyCanApprove,
    ProposalOutdated,
    SamePerson,
    TooOld,
)
from dsp_platform.approval.models import WAITS, Proposal
from dsp_platform.approval.selectors import joined_stewards
from dsp_platform.approval.validity import (
    conflict,
    deciders_are_stewards,
    digest_of,
    is_current,
    is_valid,
    plain,
)
from dsp_platform.audit import services as audit
from dsp_platform.background.faults import apart
from dsp_platform.database.sqlstates import is_refused

logger = logging.getLogger(__name__)
State = Proposal.State
SETTING = "dspp.proposal"
"""What the triggers read: the number of the proposal that this transaction carries out."""


def propose(
    *,
    kind: str,
    act: str,
    subject: str,
    payload: Mapping[str, Any],
    actor: AbstractBaseUser,
    effective_from: date | None = None,
    reason: str = "",
    read: str | None = None,
) -> Proposal:
    """Without ``effective_from`` it takes effect when it is approved. ``read``: ``state_digest`` of a page.

    Raises AlreadyPending, DependentProposal, NobodyCanApprove, and ChangedSinceRead if the page showed
    something else.
    """
    _require_steward(actor)
    with transaction.atomic():
        kinds[kind].lock(subject)
        if read is not None and not constant_time_compare(read, state_digest(kind, act, subject)):
            raise ChangedSinceRead
        _lapse(Proposal.objects.filter(kind=kind, subject=subject))
        if Proposal.objects.filter(kind=kind, subject=subject, state=State.PROPOSED).exists():
            raise AlreadyPending
        proposal = Proposal(
            kind=kind,
            act=act,
            subject=subject,
            payload=plain(payload),
            before=plain(kinds[kind].state(act, subject)),
            effective_from=max(effective_from or timezone.localdate(), timezone.localdate()),
            reason=reason,
            proposed_by_id=actor.pk,
        )
        if broken := conflict(proposal):
            raise broken
        if not approvers(proposal):
            raise NobodyCanApprove
        proposal.digest = digest_of(proposal, proposal.before)
        proposal.save(force_insert=True)
        _record(actor, "propose", proposal)
    return proposal


def approvers(proposal: Proposal) -> list[AbstractBaseUser]:
    """Every steward who can sign in and may approve it."""
    barred = {proposal.proposed_by_id, *kind_of(proposal).barred([proposal]).get(proposal.subject, ())}
    return list(joined_stewards().exclude(pk__in=barred).order_by("pk"))


def could_approve(*, kind: str, act: str, subject: str, actor: AbstractBaseUser) -> list[AbstractBaseUser]:
    """Who could approve what the actor is about to propose."""
    return approvers(Proposal(kind=kind, act=act, subject=subject, proposed_by_id=actor.pk))


def state_digest(kind: str, act: str, subject: str) -> str:
    """A keyed digest of what a page shows before anything is proposed. The page's form carries it."""
    text = json.dumps([kind, act, subject, plain(kinds[kind].state(act, subject))], sort_keys=True)
    return salted_hmac("dsp_platform.approval.read", text, algorithm="sha256").hexdigest()


def approve(*, proposal: Proposal, actor: AbstractBaseUser, digest: str, note: str = "") -> str:
    """``digest`` is of what the approver read. Carried out now, or by a periodic task on its day.

    Returns the approver's half of a code (empty for most kinds). Raises Decided, SamePerson, TooOld,
    ProposalOutdated, DependentProposal, and ValidationError if it cannot be carried out; then nothing has
    changed.
    """
    _require_steward(actor)
    with transaction.atomic():
        locked = _lock(proposal)
        if locked.proposed_by_id == actor.pk:
            raise SamePerson
        _require_reader(locked, actor)
        if actor.pk in kind_of(locked).barred([locked]).get(locked.subject, ()):
            raise ValidationError(
                _("You wrote a part of it, or it is about you. Another person approves it.")
            )
        if locked.waits_until < timezone.now():
            raise TooOld
        if digest != locked.digest or not is_current(locked):
            raise ProposalOutdated
        if broken := conflict(locked):
            raise broken
        _decide(locked, State.APPROVED, actor, note)
        _record(actor, "approve", locked)
        if kind_of(locked).when_approved or locked.effective_from <= timezone.localdate():
            return _carry_out(locked)
    return ""


def refuse(*, proposal: Proposal, actor: AbstractBaseUser, note: str) -> None:
    _require_steward(actor)
    with transaction.atomic():
        locked = _lock(proposal)
        if locked.proposed_by_id == actor.pk:
            raise SamePerson
        _require_reader(locked, actor)
        _decide(locked, State.REFUSED, actor, note)
        _record(actor, "refuse", locked)


def withdraw(*, proposal: Proposal, actor: AbstractBaseUser) -> None:
    """By the proposer; if it is approved and waits for its day, also by the approver."""
    with transaction.atomic():
        locked = _lock(proposal, State.PROPOSED, State.APPROVED)
        if actor.pk not in (locked.proposed_by_id, locked.decided_by_id):
            raise PermissionDenied
        _close(locked, State.WITHDRAWN)
        _record(actor, "withdraw", locked)


def overtake(*, kind: str, subject: str, actor: AbstractBaseUser | None) -> Proposal | None:
    """Close the open proposal about this subject, because its text was edited. The editor proposes again.
    ``actor`` is None where time alone ended it."""
    with transaction.atomic():
        waiting = Proposal.objects.select_for_update().filter(kind=kind, subject=subject)
        locked = waiting.filter(state=State.PROPOSED).first()
        if locked is not None:
            _close(locked, State.OVERTAKEN)
            _record(actor, "overtake", locked)
    return locked


def carry_out_due() -> int:
    """Carry out approved proposals whose day has come, each by itself. Returns how many."""
    due = Proposal.objects.filter(state=State.APPROVED, effective_from__lte=timezone.localdate())
    done = 0
    for proposal in due.order_by("effective_from", "pk"):
        with apart("approval.carry_out"):
            done += _carry_out_if_due(proposal)
    return done


def _carry_out_if_due(proposal: Proposal) -> bool:
    try:
        with transaction.atomic():
            locked = _lock(proposal, State.APPROVED)
            if is_valid(locked):
                _carry_out(locked)
                return True
    except Decided:  # another worker was first, or it was withdrawn
        return False
    except ValidationError:
        pass
    except DatabaseError as error:
        if not is_refused(error):  # the database failed, not the proposal: tried again in a minute
            raise
        logger.exception("a proposal was not carried out on its day")
    # The row is no longer what two people read, so the change is not made; they propose again.
    _close_invalid(proposal, None)
    return False


def close_invalid(*, actor: AbstractBaseUser | None) -> int:
    """Close approved proposals that can no longer be carried out on their day. Returns how many."""
    # Without those of today: one that is being carried out changes what it started from.
    waiting = Proposal.objects.filter(state=State.APPROVED, effective_from__gt=timezone.localdate())
    closed = 0
    for proposal in waiting.order_by("pk"):
        with apart("approval.close_invalid"), transaction.atomic():
            if not is_valid(proposal):
                closed += _close_invalid(proposal, actor)
    return closed


def _close_invalid(proposal: Proposal, actor: AbstractBaseUser | None) -> bool:
    with transaction.atomic():
        try:
            locked = _lock(proposal, State.APPROVED)
        except Decided:
            return False
        _close(locked, State.OVERTAKEN)
        _record(actor, "overtake", locked)
    return True


def lapse_old() -> int:
    """Close proposals that waited too long for a second person. Returns how many."""
    with transaction.atomic():
        return _lapse(Proposal.objects.all())


def _lapse(proposals: QuerySet[Proposal]) -> int:
    old = proposals.filter(state=State.PROPOSED, proposed_at__lt=timezone.now() - WAITS)
    locked = list(old.select_for_update(skip_locked=True))
    for proposal in locked:
        _close(proposal, State.LAPSED)
        _record(None, "lapse", proposal)
    return len(locked)


def _carry_out(locked: Proposal) -> str:
    """Raises ValidationError if one of the two is no longer an active steward."""
    if not deciders_are_stewards(locked):
        raise ValidationError(
            _("Who proposed it, or who approved it, is no active steward any more. It is proposed anew.")
        )
    _set_for_triggers(str(locked.pk))
    shown = kind_of(locked).carry_out(locked)
    _set_for_triggers("")  # an error rolls the setting back with the transaction
    _close(locked, State.CARRIED_OUT)
    _record(None, "carry_out", locked)
    return shown


def _set_for_triggers(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, value])


def _lock(proposal: Proposal, *states: str) -> Proposal:
    """Lock the subject, then the proposal. Raises Decided if it is in none of the states."""
    kind: ProposalKind = kind_of(proposal)
    kind.lock(proposal.subject)
    locked = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if locked.state not in (states or (State.PROPOSED,)):
        raise Decided
    return locked


def _decide(locked: Proposal, state: str, actor: AbstractBaseUser, note: str) -> None:
    locked.state, locked.decided_by_id, locked.decided_at, locked.note = state, actor.pk, timezone.now(), note
    locked.save(update_fields=["state", "decided_by", "decided_at", "note"])


def _close(locked: Proposal, state: str) -> None:
    locked.state, locked.closed_at = state, timezone.now()
    locked.save(update_fields=["state", "closed_at"])


def _require_steward(actor: AbstractBaseUser) -> None:
    if not actor.is_active or getattr(actor, "role", "") != STEWARD:
        raise PermissionDenied


def _require_reader(locked: Proposal, actor: AbstractBaseUser) -> None:
    """Raises ``ValidationError`` for who may not read what they would decide."""
    if words := kind_of(locked).why_unread(locked, actor):
        raise ValidationError(str(words))


def _record(actor: AbstractBaseUser | None, action: str, proposal: Proposal) -> None:
    audit.record(
        actor=actor,
        action=action,
        subject_kind="proposal",
        subject_id=proposal.pk,
        details={"kind": proposal.kind, "act": proposal.act, "subject": proposal.subject},
    )

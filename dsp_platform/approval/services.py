"""Propose, approve, refuse, withdraw. The only way to change what needs two people."""

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
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
from dsp_platform.approval.contract import Kind, kind_of, kinds
from dsp_platform.approval.errors import (
    Decided,
    NobodyCanApprove,
    NotAsRead,
    Outdated,
    SamePerson,
    TooOld,
    WaitsAlready,
)
from dsp_platform.approval.models import WAITS, Proposal
from dsp_platform.approval.selectors import joined_stewards
from dsp_platform.approval.validity import both_are_stewards, conflict, digest_of, is_current, is_valid, plain
from dsp_platform.audit import services as audit
from dsp_platform.sqlstates import is_refused

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
    """Without ``effective_from`` it holds as soon as it is approved. ``read``: ``as_it_stands``, of a page.

    Raises WaitsAlready, Breaks, NobodyCanApprove, and NotAsRead where the page showed something else.
    """
    _require_steward(actor)
    with transaction.atomic():
        kinds[kind].lock(subject)
        if read is not None and not constant_time_compare(read, as_it_stands(kind, act, subject)):
            raise NotAsRead
        _lapse(Proposal.objects.filter(kind=kind, subject=subject))
        if Proposal.objects.filter(kind=kind, subject=subject, state=State.PROPOSED).exists():
            raise WaitsAlready
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
        _note(actor, "propose", proposal)
    return proposal


def approvers(proposal: Proposal) -> list[AbstractBaseUser]:
    """Every steward who can sign in and may approve it."""
    barred = {proposal.proposed_by_id, *kind_of(proposal).barred([proposal]).get(proposal.subject, ())}
    return list(joined_stewards().exclude(pk__in=barred).order_by("pk"))


def could_approve(*, kind: str, act: str, subject: str, actor: AbstractBaseUser) -> list[AbstractBaseUser]:
    """Who could approve what the actor is about to propose."""
    return approvers(Proposal(kind=kind, act=act, subject=subject, proposed_by_id=actor.pk))


def as_it_stands(kind: str, act: str, subject: str) -> str:
    """A keyed digest of what a page shows before anything is proposed. The page's form carries it."""
    text = json.dumps([kind, act, subject, plain(kinds[kind].state(act, subject))], sort_keys=True)
    return salted_hmac("dsp_platform.approval.read", text, algorithm="sha256").hexdigest()


def approve(*, proposal: Proposal, actor: AbstractBaseUser, digest: str, note: str = "") -> str:
    """``digest`` is of what the approver read. Carried out now, or by beat on its day.

    Returns the half of a code that the approver alone may see, once (empty for most). Raises Decided,
    SamePerson, TooOld, Outdated, Breaks, and ValidationError where it cannot be carried out; nothing changed
    then.
    """
    _require_steward(actor)
    with transaction.atomic():
        held = _hold(proposal)
        if held.proposed_by_id == actor.pk:
            raise SamePerson
        if actor.pk in kind_of(held).barred([held]).get(held.subject, ()):
            raise ValidationError(
                _("You wrote a part of it, or it is about you. Another person approves it.")
            )
        if held.waits_until < timezone.now():
            raise TooOld
        if digest != held.digest or not is_current(held):
            raise Outdated
        if broken := conflict(held):
            raise broken
        _decide(held, State.APPROVED, actor, note)
        _note(actor, "approve", held)
        if kind_of(held).at_once or held.effective_from <= timezone.localdate():
            return _carry_out(held)
    return ""


def refuse(*, proposal: Proposal, actor: AbstractBaseUser, note: str) -> None:
    _require_steward(actor)
    with transaction.atomic():
        held = _hold(proposal)
        if held.proposed_by_id == actor.pk:
            raise SamePerson
        _decide(held, State.REFUSED, actor, note)
        _note(actor, "refuse", held)


def withdraw(*, proposal: Proposal, actor: AbstractBaseUser) -> None:
    """By whoever proposed it; one that is approved and waits for its day, also by whoever approved it."""
    with transaction.atomic():
        held = _hold(proposal, State.PROPOSED, State.APPROVED)
        if actor.pk not in (held.proposed_by_id, held.decided_by_id):
            raise PermissionDenied
        _close(held, State.WITHDRAWN)
        _note(actor, "withdraw", held)


def overtake(*, kind: str, subject: str, actor: AbstractBaseUser) -> Proposal | None:
    """Give up what waits about this subject, because its text was edited. Whoever edited proposes anew."""
    with transaction.atomic():
        waiting = Proposal.objects.select_for_update().filter(kind=kind, subject=subject)
        held = waiting.filter(state=State.PROPOSED).first()
        if held is not None:
            _close(held, State.OVERTAKEN)
            _note(actor, "overtake", held)
    return held


def carry_out_due() -> int:
    """Those approved whose day has come: how many were carried out. Each in a transaction of its own."""
    due = Proposal.objects.filter(state=State.APPROVED, effective_from__lte=timezone.localdate())
    return sum(_carry_out_if_due(proposal) for proposal in due.order_by("effective_from", "pk"))


def _carry_out_if_due(proposal: Proposal) -> bool:
    try:
        with transaction.atomic():
            held = _hold(proposal, State.APPROVED)
            if is_valid(held):
                _carry_out(held)
                return True
    except Decided:  # another worker was first, or it was withdrawn
        return False
    except ValidationError:
        pass
    except DatabaseError as error:
        logger.exception("a proposal was not carried out on its day")
        if not is_refused(error):  # of the machine, not of what was proposed: the next minute tries again
            return False
    # The row is no longer what two people read. It is not forced on it; they propose anew.
    _give_up(proposal, None)
    return False


def give_up_broken(*, actor: AbstractBaseUser | None) -> int:
    """Those approved that can no longer be carried out on their day: while there is time to propose."""
    # Not what is being carried out this moment: it changes what it started from itself.
    waiting = Proposal.objects.filter(state=State.APPROVED, effective_from__gt=timezone.localdate())
    return sum(_give_up(proposal, actor) for proposal in waiting.order_by("pk") if not is_valid(proposal))


def _give_up(proposal: Proposal, actor: AbstractBaseUser | None) -> bool:
    with transaction.atomic():
        try:
            held = _hold(proposal, State.APPROVED)
        except Decided:
            return False
        _close(held, State.OVERTAKEN)
        _note(actor, "overtake", held)
    return True


def lapse_old() -> int:
    """Those that waited too long for a second person: how many there were."""
    with transaction.atomic():
        return _lapse(Proposal.objects.all())


def _lapse(proposals: QuerySet[Proposal]) -> int:
    old = proposals.filter(state=State.PROPOSED, proposed_at__lt=timezone.now() - WAITS)
    held = list(old.select_for_update(skip_locked=True))
    for proposal in held:
        _close(proposal, State.LAPSED)
        _note(None, "lapse", proposal)
    return len(held)


def _carry_out(held: Proposal) -> str:
    """Raises ValidationError where one of the two is no active steward any more."""
    if not both_are_stewards(held):
        raise ValidationError(
            _("Who proposed it, or who approved it, is no active steward any more. It is proposed anew.")
        )
    with _carrying_out(held):
        shown = kind_of(held).carry_out(held)
    _close(held, State.CARRIED_OUT)
    _note(None, "carry_out", held)
    return shown


@contextmanager
def _carrying_out(held: Proposal) -> Iterator[None]:
    _set(str(held.pk))
    yield
    _set("")  # an error ends the transaction, and the setting with it


def _set(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, value])


def _hold(proposal: Proposal, *states: str) -> Proposal:
    """Lock the subject, then the proposal. Raises Decided where it is in none of the states."""
    kind: Kind = kind_of(proposal)
    kind.lock(proposal.subject)
    held = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if held.state not in (states or (State.PROPOSED,)):
        raise Decided
    return held


def _decide(held: Proposal, state: str, actor: AbstractBaseUser, note: str) -> None:
    held.state, held.decided_by_id, held.decided_at, held.note = state, actor.pk, timezone.now(), note
    held.save(update_fields=["state", "decided_by", "decided_at", "note"])


def _close(held: Proposal, state: str) -> None:
    held.state, held.closed_at = state, timezone.now()
    held.save(update_fields=["state", "closed_at"])


def _require_steward(actor: AbstractBaseUser) -> None:
    if not actor.is_active or getattr(actor, "role", "") != STEWARD:
        raise PermissionDenied


def _note(actor: AbstractBaseUser | None, action: str, proposal: Proposal) -> None:
    audit.record(
        actor=actor,
        action=action,
        subject_kind="proposal",
        subject_id=proposal.pk,
        details={"kind": proposal.kind, "act": proposal.act, "subject": proposal.subject},
    )

"""Every write of a held decision: hold, undo, agree, send back, carry out.

A decision that a reviewer takes on a page leaves after ``settings.DECISION_HOLD``. Until then nothing is
told to the applicant or to the operator's system. It is carried out by ``services.decide``, for the version
that the reviewer saw: whatever changed meanwhile cancels it.

All of them lock the person first, then the application, then the held decision.
"""

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from applications import errors, services
from applications.deciders import application_deciders
from applications.models import Application, HeldDecision
from applications.review.second import second_asked, why_not_second
from applications.workflow import application_workflow
from dsp_platform.accounts.models import User
from dsp_platform.audit import services as audit
from dsp_platform.background.faults import each_apart
from dsp_platform.casework.errors import NoteMissing, StepRefused
from dsp_platform.casework.notes import add_note
from registry.models import Programme
from registry.persons.writer import lock_person

State = HeldDecision.State
LEAVING = ("approve", "ask_more", "refuse", "refer")
"""The steps of a reviewer that something leaves by. The others are taken at once."""
WITH_WORDS = ("ask_more", "refuse")
"""Those for which the applicant is owed words."""
AT_ONCE = 500
"""How many one sweep carries out."""


def check(
    *,
    application: Application,
    decision: str,
    reason: str = "",
    note: str = "",
    note_translated: str = "",
    referred_to: Programme | None = None,
    actor: User,
    expected_version: int,
) -> tuple[Application, HeldDecision | None]:
    """Every check before a decision is held, in the caller's transaction: the application, locked, and the
    same decision where it was held before.

    Raises as ``Deciders.begin``; ``ApplicantDied``, ``NoReferral``, ``NoteMissing``, ``HeldAlready``.
    """
    lock_person(application.person)
    application, is_sent_again = application_deciders.begin(
        application, decision, actor=actor, expected_version=expected_version, note=note, reason=reason
    )
    last = application.held_decisions.select_related("decided_by").last()
    if last is not None and (last.state == State.HELD or is_sent_again):
        sent = (actor.pk, decision, reason, note, note_translated, referred_to)
        if sent != _content(last):
            who = last.decided_by.staff_name
            raise errors.HeldAlready(application_workflow.came_first(last.decision, who, last.decided_at))
        return application, last
    if is_sent_again:  # taken at once
        raise application_workflow.overtaken(application)
    services.check_alive(application, decision)
    services.check_referral(application, decision, referred_to)
    if decision in WITH_WORDS and not note:
        raise NoteMissing(_("Write words for the applicant, in the language that the applicant reads."))
    return application, None


def _content(held: HeldDecision) -> tuple[object, ...]:
    words = (held.note or "", held.note_translated or "")
    return (held.decided_by_id, held.decision, held.reason, *words, held.referred_to)


def why_not(*, application: Application, actor: User, **sent: Any) -> Exception | None:
    """Why this cannot be held, as ``check``; nothing is written."""
    try:
        with transaction.atomic():
            check(application=application, actor=actor, **sent)
    except (PermissionDenied, StepRefused) as error:
        return error
    return None


@transaction.atomic
def hold(
    *,
    application: Application,
    decision: str,
    reason: str = "",
    note: str = "",
    note_translated: str = "",
    referred_to: Programme | None = None,
    actor: User,
    expected_version: int,
) -> HeldDecision:
    """Decided, and not left yet. The same sent again is one decision. ``note`` is in the language of the
    application. Raises as ``check``."""
    note, note_translated = map(application_workflow.clean_note, (note, note_translated))
    application, before = check(
        application=application,
        decision=decision,
        reason=reason,
        note=note,
        note_translated=note_translated,
        referred_to=referred_to,
        actor=actor,
        expected_version=expected_version,
    )
    if before is not None:
        return before
    second = second_asked(application, decision)
    held = application.held_decisions.create(
        version=application.version,
        decision=decision,
        reason=reason,
        referred_to=referred_to,
        note=note or None,
        note_translated=note_translated or None,
        decided_by=actor,
        filed_by_id=application.submitted_by_id,
        second=second,
        carry_out_at=None if second else timezone.now() + settings.DECISION_HOLD,
    )
    _record(held, "hold_decision", actor, decision)
    if not settings.DECISION_HOLD and not second:
        _carry_out(held)
    return held


@transaction.atomic
def take_at_once(*, application: Application, decision: str, actor: User, **sent: Any) -> Application:
    """A step by which nothing leaves. Raises as ``check``."""
    check(application=application, decision=decision, actor=actor, **sent)
    return services.decide(application=application, decision=decision, actor=actor, **sent)


@transaction.atomic
def undo(*, held: HeldDecision, actor: User) -> HeldDecision:
    """By whoever decided, or a colleague who may decide. Idempotent. Raises as ``Deciders.check``;
    ``HoldEnded`` where it has left."""
    held = _lock(held, actor)
    if held.state == State.UNDONE:
        return held
    _refuse_ended(held)
    return _end(held, State.UNDONE, "undo_decision", actor)


@transaction.atomic
def agree(*, held: HeldDecision, actor: User) -> HeldDecision:
    """By another reviewer, where one is asked: from now on it can be undone as any other. Idempotent. Raises
    as ``Deciders.check``, ``why_not_second``; ``HoldEnded``."""
    held = _lock(held, actor)
    if held.agreed_by_id == actor.pk:
        return held
    _refuse_ended(held)
    if not held.second or held.agreed_by_id:
        raise errors.HoldEnded
    if why := why_not_second(actor, held):
        raise why
    held.agreed_by, held.carry_out_at = actor, timezone.now() + settings.DECISION_HOLD
    held.save(update_fields=["agreed_by", "carry_out_at"])
    _record(held, "agree_decision", actor)
    if not settings.DECISION_HOLD:
        _carry_out(held)
    return held


@transaction.atomic
def send_back(*, held: HeldDecision, actor: User, note: str) -> HeldDecision:
    """By another reviewer, instead of agreeing. ``note`` becomes an internal one. Raises as ``agree``;
    ``NoteMissing``."""
    held = _lock(held, actor)
    _refuse_ended(held)
    if why := why_not_second(actor, held):
        raise why
    if not application_workflow.clean_note(note):
        raise NoteMissing(_("Write a note for whoever decided."))
    add_note(item=held.application, author=actor, text=note)
    return _end(held, State.RETURNED, "return_decision", actor)


def carry_out_due() -> int:
    """How many of those whose time has come were dealt with. One that fails stops no other."""
    due = HeldDecision.objects.filter(state=State.HELD, carry_out_at__lte=timezone.now())
    keys = list(due.order_by("carry_out_at", "pk").values_list("pk", flat=True))
    return each_apart("applications.carry_out", keys, carry_out, most=AT_ONCE)


@transaction.atomic
def carry_out(pk: int) -> None:
    """Unless it was undone, sent back or carried out meanwhile."""
    held = _locked(HeldDecision.objects.select_related("application__person").get(pk=pk))
    now = timezone.now()
    if held.state != State.HELD or held.carry_out_at is None or held.carry_out_at > now:
        return
    _carry_out(held)


def _carry_out(held: HeldDecision) -> None:
    if error := _decide(held):
        held.end_reason = type(error).__name__
        _end(held, State.CANCELLED, "cancel_decision", None, held.end_reason)
        return
    held.state, held.ended_at = State.DONE, timezone.now()
    held.save(update_fields=["state", "ended_at"])
    held.application.refresh_from_db()


def _decide(held: HeldDecision) -> Exception | None:
    """What keeps it from being carried out."""
    try:
        with transaction.atomic():
            services.decide(
                application=held.application,
                decision=held.decision,
                reason=held.reason,
                note=held.note or "",
                note_translated=held.note_translated or "",
                referred_to=held.referred_to,
                actor=held.decided_by,
                expected_version=held.version,
            )
    except (StepRefused, PermissionDenied) as error:
        return error
    return None


def _lock(held: HeldDecision, actor: User) -> HeldDecision:
    held = _locked(held)
    application_deciders.check(actor, held.application, held.decision)
    return held


def _locked(held: HeldDecision) -> HeldDecision:
    lock_person(held.application.person)
    application = application_workflow.lock(held.application)
    rows = HeldDecision.objects.select_for_update(of=("self",), no_key=True).select_related("decided_by")
    held = rows.get(pk=held.pk)
    held.application = application
    return held


def _refuse_ended(held: HeldDecision) -> None:
    if held.state != State.HELD:
        raise errors.HoldEnded


def _end(
    held: HeldDecision, state: HeldDecision.State, action: str, actor: User | None, reason: str = ""
) -> HeldDecision:
    held.state, held.ended_by, held.ended_at = state, actor, timezone.now()
    held.save(update_fields=["state", "ended_by", "ended_at", "end_reason"])
    _record(held, action, actor, reason)
    return held


def _record(held: HeldDecision, action: str, actor: User | None, reason: str = "") -> None:
    audit.record(
        actor=actor,
        action=action,
        subject_kind="application",
        subject_id=held.application_id,
        reason=reason,
    )

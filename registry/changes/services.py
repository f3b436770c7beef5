"""Every write of a request for a change: ask, decide, withdraw. What each kind does is in ``kinds``."""

from collections.abc import Collection

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.casework.assignment import Assignment
from dsp_platform.casework.errors import InConflict
from dsp_platform.database.history_context import history_context, history_facts
from dsp_platform.database.references import new_reference, save_with_new_number
from dsp_platform.database.sqlstates import is_violation_of
from registry.changes import number_lookups
from registry.changes.alike import close_to, note_what_was_said, said_of
from registry.changes.apply.common import Applying, members_for, read_anew
from registry.changes.apply.successors import is_led_as_told, with_successor
from registry.changes.context import HEAD, Answers, HouseholdContext
from registry.changes.deciders import change_deciders
from registry.changes.hearings.selectors import persons_affected
from registry.changes.hearings.services import inform_concerned, inform_late, why_not_yet
from registry.changes.hearings.visibility import why_unread
from registry.changes.kinds import KINDS, Kind
from registry.changes.life_events import end_of_other_members
from registry.changes.limits import applied_since, require_below_limits, require_few_at_once
from registry.changes.moves.movers import may_bring_registered, mover_of, newcomer
from registry.changes.moves.services import ask_mover
from registry.changes.moves.terms import is_still_confirmed
from registry.changes.notices import phones_to_warn, warn
from registry.changes.outcome import findings_of
from registry.changes.selectors import PREFIX, household_context, is_reported_dead
from registry.changes.wizard import ChangeWizard
from registry.changes.workflow import SUCCESSOR, change_workflow
from registry.errors import (
    AlreadyAsked,
    ChangeError,
    ConfirmationMissing,
    DocumentTaken,
    NoMatchingPerson,
    Outdated,
    ReportedDead,
    TermsChanged,
)
from registry.life_events.events import EventKind, LifeEvent
from registry.models import ChangeDraft, ChangeRequest, Household, KeySetup, Membership
from registry.persons.conflicts import refuse_relatives
from registry.persons.scope import require_assisted_session
from registry.persons.writer import PersonWriter, lock_households, lock_person_row
from registry.phones.keys import note_setup
from registry.phones.notices import tell_own_numbers
from registry.phones.selectors import numbers_of
from registry.plausibility.findings import refused as impossible_among

State = ChangeRequest.State


def ask_change(
    *,
    kind: Kind,
    answers: Answers,
    actor: User,
    assisted_session: AssistedSession | None,
    draft: ChangeDraft | None = None,
    apart: Collection[str] = (),
    same: Collection[str] = (),
) -> ChangeRequest:
    """Applied at once where the kind is simple, waiting for a second person where it is not.

    A draft that was sent before answers with its request. ``apart``, ``same``: SPIDs of persons alike, of
    whom an official says that they are somebody else, or that one of them is who is corrected.

    Raises ``AlreadyAsked``, ``Outdated``, ``ChangeError`` for answers that are not complete, ``InConflict``
    for an official related to whom it is about where nobody else decides it, ``PermissionDenied`` without a
    household of one's own.
    """
    with transaction.atomic(), history_context("ask_change", actor=actor):
        require_assisted_session(actor, assisted_session)
        locked = _locked_draft(draft, actor, assisted_session, kind)
        if locked is not None and locked.request is not None:
            return locked.request
        context = household_context(actor, assisted_session)
        if context is None:
            raise PermissionDenied("nobody to ask for")
        if context.tells_death and not kind.person_dies:
            raise PermissionDenied("the person has not consented")
        require_below_limits(ChangeWizard(kind, context, answers), actor)
        said = _said_alike(kind, context, answers, apart, same) if assisted_session is not None else {}
        number_lookups.note_asked(actor=actor, assisted_session=assisted_session, answers=answers)
        asked = _asked(kind, context, answers, actor, assisted_session, said)
        if isinstance(asked, ChangeRequest) and locked is not None:
            locked.request, locked.answers = asked, {}
            locked.save(update_fields=["request", "answers"])
    # After the commit, so that the lookup stays counted.
    if isinstance(asked, ChangeError):
        raise asked
    return asked


def _said_alike(
    kind: Kind, context: HouseholdContext, answers: Answers, apart: Collection[str], same: Collection[str]
) -> dict[str, str]:
    wizard = ChangeWizard(kind, context, answers)
    return said_of(kind, close_to(kind, wizard.asked(), context, wizard.person), apart, same)


def _asked(
    kind: Kind,
    context: HouseholdContext,
    answers: Answers,
    actor: User,
    assisted_session: AssistedSession | None,
    said_alike: dict[str, str],
) -> ChangeRequest | ChangeError:
    try:
        with transaction.atomic():
            request = new_request(kind, context, answers, actor, assisted_session, said_alike)
            begin(request, kind, actor, assisted_session)
    except ChangeError as error:
        return error
    return request


def begin(request: ChangeRequest, kind: Kind, actor: User, assisted_session: AssistedSession | None) -> None:
    """Apply it at once, or ask those whom it waits for."""
    history_facts(request=request.reference)
    if kind.at_once:
        refuse_relatives(actor, assisted_session, *persons_affected(request))
        _apply(request, kind, actor)
        request.decided_at = timezone.now()
        change_workflow.take_step(
            request, "apply", actor=actor, assisted_session=assisted_session, fields=["decided_at"]
        )
    else:
        ask_mover(request, mover_of(request))
        inform_concerned(request)
        change_workflow.record_step(request, "ask", actor=actor, assisted_session=assisted_session)


def _locked_draft(
    draft: ChangeDraft | None, actor: User, assisted_session: AssistedSession | None, kind: Kind
) -> ChangeDraft | None:
    """Locked, so that a second submit waits for the first one and returns its request."""
    if draft is None:
        return None
    locked = ChangeDraft.objects.select_for_update().filter(pk=draft.pk).first()
    if locked is None:
        raise ChangeError(_("These answers were discarded."))
    if (locked.owner_id, locked.assisted_session_id, locked.kind) != (
        actor.pk,
        assisted_session.pk if assisted_session else None,
        kind.code,
    ):
        raise PermissionDenied("the draft is another person's")
    return locked


def new_request(
    kind: Kind,
    context: HouseholdContext,
    answers: Answers,
    actor: User,
    assisted_session: AssistedSession | None,
    said_alike: dict[str, str],
) -> ChangeRequest:
    wizard = ChangeWizard(kind, context, answers)
    household = context.household if kind.needs_household else context.home
    if not kind.is_offered(context):
        raise PermissionDenied("the head of the household asks for it, at the counter")
    if words := wizard.unchanged:
        raise ChangeError(words)
    if impossible := impossible_among(wizard.findings()):
        raise ChangeError(" ".join(one.words for one in impossible))
    if not wizard.is_complete:
        raise ChangeError(_("An answer is missing."))
    try:
        return save_with_new_number(
            lambda: ChangeRequest.objects.create(
                reference=new_reference(PREFIX),
                kind=kind.code,
                household=household,
                person=wizard.person,
                village_id=answers["place"]["village_code"] if kind.moves_home else context.village_id,
                answers=wizard.asked(),
                basis=kind.basis(household, wizard.person),
                said_alike=said_alike,
                language=(get_language() or "km")[:2] if actor.is_citizen else context.subject.language,
                asked_for=context.subject,
                asked_by=actor,
                assisted_session_id=assisted_session.pk if assisted_session else None,
            ),
            "registry_changerequest_reference_key",
        )
    except IntegrityError as error:
        if not is_violation_of(error, "change_one_open_per_asker", "change_one_open_per_asker_home"):
            raise
        raise AlreadyAsked(
            _("This change was asked for already and is waiting. Wait for the answer, or take it back first.")
        ) from None


def decide_change(
    *, request: ChangeRequest, decision: str, note: str, actor: User, expected_version: int
) -> ChangeRequest:
    """``approve``, ``refuse`` or ``ask_more``.

    Raises as ``Deciders.begin``; ``Outdated`` where it cannot be applied any more (nothing is changed),
    ``ConfirmationMissing`` of who is moved, or ``TermsChanged`` since then, or ``ReportedDead``.
    """
    with transaction.atomic(), history_context("decide_change", actor=actor, request=request.reference):
        request, is_sent_again = change_deciders.begin(
            request, decision, actor=actor, expected_version=expected_version, note=note
        )
        if is_sent_again:
            return request
        led_as_told = is_led_as_told(KINDS[request.kind], request)
        refused = _approve(request, actor) if decision == "approve" else None
        if refused is None:
            change_workflow.decide(request, decision, actor=actor, note=note)
            if decision == "approve" and not led_as_told:
                _tell_of_successor(request, actor)
    # After the commit, so that the mover found, the text messages sent and the lookup counted are kept.
    if refused is not None:
        raise refused
    return request


assignment = Assignment(change_deciders)


def _tell_of_successor(request: ChangeRequest, actor: User) -> None:
    """Whoever told of the death, and who leads the household now."""
    change_workflow.take_step(request, SUCCESSOR, actor=actor)
    for one in members_for(request):
        if one.relationship == HEAD and one.person_id != request.asked_for_id:
            change_workflow.send_text(request, "change_successor", numbers_of(one.person))


def _approve(request: ChangeRequest, actor: User) -> ChangeError | None:
    """Apply it, or return why not. The reason does not reveal whether a number entered matches somebody who
    has not confirmed it or nobody, and each try counts towards the decider's limit of lookups."""
    number = number_lookups.entered_number(request.answers)
    if number is not None:
        number_lookups.check_number_limit(actor=actor, assisted_session=None)
    inform_late(request)
    refused = (
        why_not_yet(request)
        or _missing_confirmation(request, actor)
        or _reported_dead(request)
        or _applied(request, actor)
    )
    if refused is not None and number is not None:
        number_lookups.note(actor=actor, assisted_session=None, number=number)
        if isinstance(refused, ConfirmationMissing | NoMatchingPerson) or (
            may_bring_registered(request) and isinstance(refused, DocumentTaken)
        ):
            return ConfirmationMissing(
                _(
                    "Nothing was saved. Either whoever moves has not said yes yet, or nobody fits "
                    "what was told. Who is found is asked to confirm."
                )
            )
    return refused


def _missing_confirmation(request: ChangeRequest, actor: User) -> ChangeError | None:
    """By the mover. One found only now is asked, and one who confirmed other terms is asked again."""
    mover = mover_of(request)
    if mover is not None and mover.pk != request.mover_id:
        ask_mover(request, mover)
    if request.mover_id is None:
        return None
    if request.confirmation and is_still_confirmed(request):
        return None
    if request.confirmation:
        ask_mover(request, request.mover)
        change_workflow.record_step(request, "ask_anew", actor=actor)
        return TermsChanged(
            _("What the move would do has changed since it was confirmed. Whoever moves is asked anew.")
        )
    return ConfirmationMissing(_("Whoever moves by this has not confirmed it yet."))


def _reported_dead(request: ChangeRequest) -> ChangeError | None:
    """Who moves by this; asked after their confirmation, so that it tells of nobody whom nobody may know."""
    moves = request.mover or (request.person if "where" in request.answers else None)
    if moves is None or not is_reported_dead(moves):
        return None
    return ReportedDead(
        _("It was told that this person has died. The commune where they live decides that first.")
    )


def _applied(request: ChangeRequest, actor: User) -> Outdated | None:
    try:
        with transaction.atomic():
            _apply(request, KINDS[request.kind], actor)
    except Outdated as error:
        return error
    return None


def withdraw_change(
    *, request: ChangeRequest, actor: User, assisted_session: AssistedSession | None
) -> ChangeRequest:
    """By whoever asked for it; withdrawn in an assisted session, their own numbers get a text message.
    Idempotent.

    Raises ``Overtaken`` where it was decided meanwhile, ``InConflict`` for an official related to them.
    """
    with transaction.atomic(), history_context("withdraw_change", actor=actor, request=request.reference):
        require_assisted_session(actor, assisted_session)
        request = change_workflow.lock(request)
        context = household_context(actor, assisted_session)
        if context is None or request.asked_for_id != context.subject.pk:
            raise PermissionDenied
        if words := why_unread(actor, request, assisted_session):
            raise InConflict(words)
        if request.state == State.WITHDRAWN:
            return request
        if not request.is_open:
            raise change_workflow.overtaken(request)
        change_workflow.take_step(request, "withdraw", actor=actor, assisted_session=assisted_session)
        if assisted_session is not None:
            tell_own_numbers(
                request.asked_for,
                template="change_withdraw",
                params={"reference": request.reference},
                subject_kind=change_workflow.subject_kind,
                subject_id=request.pk,
                language=request.language,
                with_typed=not request.asked_by.is_citizen,
                else_to_household=False,  # it may be a secret before the head
            )
        return request


def _apply(request: ChangeRequest, kind: Kind, actor: User) -> None:
    """Locks the households involved first: consistent lock order, avoids deadlock."""
    household, person = _lock_home(request), read_anew(request.person)
    if request.basis != kind.basis(household, person) or applied_since(request):
        raise Outdated(_("What is to be corrected was changed since this was asked. Ask for it again."))
    now = HouseholdContext(household, members_for(request), request.asked_for)
    answers = with_successor(kind, request.answers, household, now.members, person)
    if impossible := impossible_among(findings_of(kind, answers, now, person)):
        raise Outdated(" ".join(one.words for one in impossible))
    if kind.at_once and kind.concerns and request.assisted_session_id is None:
        require_few_at_once(request)
    concerned = phones_to_warn(request)
    with PersonWriter(actor=actor, request=request) as writer:
        kind.apply(Applying(request, kind, household, actor, writer))
        if request.registered is not None:
            request.save(update_fields=["registered"])
    if request.registered is not None:  # no event of a life: nothing hangs on somebody new but this
        new = LifeEvent(kind=EventKind.JOINED, household=household, actor=actor, request=request)
        end_of_other_members(new)
    note_what_was_said(request)
    if kind.sets_phone and request.person is not None:
        note_setup(person=request.person, official=request.asked_by, kind=KeySetup.Kind.CONTACT)
    warn(request, concerned)


def _lock_home(request: ChangeRequest) -> Household | None:
    """None where whoever asked lives in no household: the person is locked then."""
    own = Membership.objects.current().filter(person=request.asked_for_id)
    if request.household_id is None:
        person = lock_person_row(request.asked_for)
        if not person.is_current or own.exists():
            raise Outdated(_("What is recorded of the person has changed since. Ask for it again."))
        return None
    wanted = {request.household_id}
    coming = newcomer(request)
    if coming is not None:
        lives = Membership.objects.current().filter(person=coming)
        wanted |= set(lives.values_list("household_id", flat=True))
    household = lock_households(wanted)[request.household_id]
    if KINDS[request.kind].person_dies:  # true whoever told of it, and wherever they have gone since
        return household
    if household.closed_on:
        raise Outdated(_("This household has no members any more."))
    if not own.filter(household=household).exists():
        raise Outdated(_("Whoever asked for this is no member of the household any more."))
    return household

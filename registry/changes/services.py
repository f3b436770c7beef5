"""Asking for a change, deciding it, taking it back. What each kind does stands in ``registry.changes``."""

from datetime import timedelta
from typing import Any, cast

import pghistory
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dsp_platform.accounts.models import Case, User
from dsp_platform.notifications import services as notifications
from dsp_platform.notifications.selectors import was_written
from dsp_platform.references import new_reference, save_with_new_number
from registry.changes import newcomers
from registry.changes.apply.common import Applying
from registry.changes.context import Answers, HouseholdContext
from registry.changes.ends import end_impossible
from registry.changes.hearings.reading import why_unread
from registry.changes.hearings.selectors import concerned_by, conflict_over, next_head, told_of
from registry.changes.hearings.services import hear_concerned, left_to_district, tell_untold, why_not_yet
from registry.changes.kinds import KINDS, Kind
from registry.changes.moves.movers import comes_in, mover_of, newcomer
from registry.changes.moves.services import ask_mover
from registry.changes.moves.terms import holds
from registry.changes.notices import tell_withdrawn
from registry.changes.room import done_since, require_few, require_room
from registry.changes.selectors import PREFIX, household_context, may_decide
from registry.changes.sms_templates import TEXTS
from registry.changes.transitions import cleaned_note, locked_request, note_step, overtaken
from registry.changes.wizard import ChangeWizard
from registry.errors import (
    AlreadyAsked,
    ChangeError,
    Conflict,
    DocumentTaken,
    NobodyFits,
    Outdated,
    Overtaken,
    TermsChanged,
    YesMissing,
)
from registry.models import ChangeDraft, ChangeRequest, Household, KeySetup, Membership, Person
from registry.models.change import AT_ONCE
from registry.persons.scope import require_case
from registry.persons.writer import PersonWriter
from registry.phones.keys import note_setup
from registry.phones.selectors import head_beside, numbers_of, phones_beside

State = ChangeRequest.State
DECISIONS = {"approve": State.APPLIED, "refuse": State.REFUSED, "ask_more": State.MORE_ASKED}
NEED_NOTE = ("refuse", "ask_more")
# Nobody is warned of these.
OWN_NEWS = ("circumstances",)


def ask_change(
    *, kind: Kind, answers: Answers, actor: User, case: Case | None, draft: ChangeDraft | None = None
) -> ChangeRequest:
    """Applied at once where the kind is simple, waiting for a second person where it is not.

    A draft that was sent before answers with its request. Raises ``AlreadyAsked``, ``Outdated``,
    ``ChangeError`` for answers that are not complete, ``PermissionDenied`` without a household of one's own.
    """
    with transaction.atomic(), pghistory.context(why="ask_change"):
        require_case(actor, case)
        held = _locked_draft(draft, actor, case, kind)
        if held is not None and held.request is not None:
            return held.request
        context = household_context(actor, case)
        if context is None:
            raise PermissionDenied("nobody to ask for")
        require_room(ChangeWizard(kind, context, answers), actor)
        newcomers.note_asked(actor=actor, case=case, answers=answers)
        request = _new(kind, context, answers, actor, case)
        if kind.at_once:
            _apply(request, kind, actor)
        else:
            ask_mover(request, mover_of(request))
            hear_concerned(request)
        note_step(request, "apply" if kind.at_once else "ask", actor)
        if held is not None:
            held.request, held.answers = request, {}
            held.save(update_fields=["request", "answers"])
        return request


def _locked_draft(
    draft: ChangeDraft | None, actor: User, case: Case | None, kind: Kind
) -> ChangeDraft | None:
    """Held, so that a second submit waits for the first one and finds its request."""
    if draft is None:
        return None
    held = ChangeDraft.objects.select_for_update().filter(pk=draft.pk).first()
    if held is None:
        raise ChangeError(_("These answers were discarded."))
    if (held.owner_id, held.case_id, held.kind) != (actor.pk, case.pk if case else None, kind.code):
        raise PermissionDenied("the draft is another person's")
    return held


def _new(
    kind: Kind, context: HouseholdContext, answers: Answers, actor: User, case: Case | None
) -> ChangeRequest:
    wizard = ChangeWizard(kind, context, answers)
    if not wizard.is_complete:
        raise ChangeError(_("An answer is missing."))
    household = context.household
    try:
        return save_with_new_number(
            lambda: ChangeRequest.objects.create(
                reference=new_reference(PREFIX),
                kind=kind.code,
                household=household,
                person=wizard.person,
                village_id=answers["place"]["village_code"] if kind.code == "move" else household.village_id,
                answers=wizard.asked(),
                basis=kind.basis(household, wizard.person),
                language=(get_language() or "km")[:2] if actor.is_citizen else context.subject.language,
                asked_for=context.subject,
                asked_by=actor,
                case_id=case.pk if case else None,
            ),
            "registry_changerequest_reference_key",
        )
    except IntegrityError:
        raise AlreadyAsked(
            _("This change was asked for already and is waiting. Wait for the answer, or take it back first.")
        ) from None


def decide_change(
    *, request: ChangeRequest, decision: str, note: str, actor: User, expected_version: int
) -> ChangeRequest:
    """``approve``, ``refuse`` or ``ask_more``. The same decision sent twice by one person is taken once.

    Raises ``PermissionDenied``, ``Overtaken`` when somebody was first, ``Outdated`` where it cannot be
    applied any more (nothing is changed), ``Conflict`` of interest, ``YesMissing`` of who is moved,
    ``TermsChanged`` since their yes, or ``ChangeError`` for one's own request or a missing note.
    """
    note = cleaned_note(note)
    with transaction.atomic(), pghistory.context(why="decide_change"):
        held = locked_request(request)
        if not may_decide(actor, held) or decision not in DECISIONS:
            raise PermissionDenied
        if held.asked_by_id == actor.pk:
            raise ChangeError(_("You entered this request yourself, so somebody else must decide it."))
        if held.version != expected_version or not held.is_open:
            if _is_again(held, actor, decision, note):
                return held
            raise Overtaken(overtaken(held))
        if words := conflict_over(actor, held):
            raise Conflict(words)
        if left := left_to_district(held, actor, decision):
            raise left
        if decision in NEED_NOTE and not note:
            raise ChangeError(_("Write a note: the person who asked will read it."))
        if decision == "approve" and held.yes == ChangeRequest.Yes.OLD_COMMUNE and held.yes_by_id == actor.pk:
            raise ChangeError(_("You said yes for the person who moves, so somebody else must decide it."))
        refused = _approve(held, actor) if decision == "approve" else None
        if refused is None:
            _step(held, decision, actor, note)
    if refused is not None:  # after the commit, which keeps who was found and asked, and that it was told
        raise refused
    return held


def _approve(request: ChangeRequest, actor: User) -> ChangeError | None:
    """Applied; or why not, the same whether a number that was told fits somebody who has not said yes or
    nobody: what the answer tells about it counts against whoever decides."""
    number = newcomers.told_number(newcomers.answers_of(request))
    if number is not None:
        newcomers.take_turn(actor=actor, case=None)
    tell_untold(request)
    refused = why_not_yet(request) or _missing_yes(request, actor) or _applied(request, actor)
    if refused is not None and number is not None:
        newcomers.note(actor=actor, case=None, number=number)
        if isinstance(refused, YesMissing | NobodyFits) or (
            comes_in(request) and isinstance(refused, DocumentTaken)
        ):
            return YesMissing(
                _(
                    "Nothing was saved. Either whoever moves has not said yes yet, or nobody fits "
                    "what was told. Who is found is asked for the yes."
                )
            )
    return refused


def _missing_yes(request: ChangeRequest, actor: User) -> ChangeError | None:
    """Of whoever is moved; who is found only now is asked, and who said yes to other terms is asked anew."""
    mover = mover_of(request)
    if mover is not None and mover.pk != request.mover_id:
        ask_mover(request, mover)
    if request.mover_id is None:
        return None
    if request.yes and holds(request):
        return None
    if request.yes:
        ask_mover(request, request.mover)
        note_step(request, "ask_anew", actor)
        return TermsChanged(
            _("What the move would do has changed since the yes was given. Whoever moves is asked anew.")
        )
    return YesMissing(_("Whoever moves by this has not said yes yet."))


def _applied(request: ChangeRequest, actor: User) -> Outdated | None:
    try:
        with transaction.atomic():
            _apply(request, KINDS[request.kind], actor)
    except Outdated as error:
        return error
    return None


def _is_again(request: ChangeRequest, actor: User, decision: str, note: str) -> bool:
    last = request.steps.last()
    return last is not None and (last.actor_id, last.step, last.note) == (actor.pk, decision, note)


def withdraw_change(*, request: ChangeRequest, actor: User, case: Case | None) -> ChangeRequest:
    """By whom it was asked for; in a case their own number is told. Taken back twice is taken back once.

    Raises ``Overtaken`` where it was decided meanwhile, ``Conflict`` for an official who is near.
    """
    with transaction.atomic(), pghistory.context(why="withdraw_change"):
        require_case(actor, case)
        held = locked_request(request)
        context = household_context(actor, case)
        if context is None or held.asked_for_id != context.subject.pk:
            raise PermissionDenied
        if words := why_unread(actor, held, case):
            raise Conflict(words)
        if held.state == State.WITHDRAWN:
            return held
        if not held.is_open:
            raise Overtaken(overtaken(held))
        held.state, held.version = State.WITHDRAWN, held.version + 1
        held.save(update_fields=["state", "version"])
        note_step(held, "withdraw", actor)
        if case is not None:
            tell_withdrawn(held)
        return held


def _step(request: ChangeRequest, decision: str, actor: User, note: str) -> None:
    request.state, request.version = DECISIONS[decision], request.version + 1
    request.decided_by, request.decided_at = actor, timezone.now()
    request.save(update_fields=["state", "version", "decided_by", "decided_at"])
    note_step(request, decision, actor, note)
    _text(request, decision)


def _apply(request: ChangeRequest, kind: Kind, actor: User) -> None:
    """The household and whatever other one is involved are held, in one order for everybody."""
    households = _locked_households(request)
    household = households[request.household_id]
    if household.closed_on:
        raise Outdated(_("This household has no members any more."))
    if not _lives_in(request.asked_for, request.household_id):
        raise Outdated(_("Whoever asked for this is no member of the household any more."))
    if request.basis != kind.basis(household, _fresh(request.person)) or done_since(request):
        raise Outdated(_("What is to be corrected was changed since this was asked. Ask for it again."))
    if kind.at_once and kind.concerns and request.case_id is None:
        require_few(request)
    concerned = _phones(request)
    with PersonWriter() as writer:
        kind.apply(Applying(request, household, actor, writer))
    for one in end_impossible(request, list(households), actor):
        _text(one, "refuse")
    if kind.code == "phone" and request.person is not None:
        note_setup(person=request.person, official=request.asked_by, kind=KeySetup.Kind.CONTACT)
    _warn(request, concerned)
    if kind.at_once:
        request.state, request.decided_at = State.APPLIED, timezone.now()
        request.save(update_fields=["state", "decided_at"])


def _lives_in(person: Person, household: int) -> bool:
    return Membership.objects.filter(person=person, household=household, ended_on=None).exists()


def _fresh(person: Person | None) -> Person | None:
    return Person.objects.get(pk=person.pk) if person else None


def _locked_households(request: ChangeRequest) -> dict[int, Household]:
    wanted = {request.household_id}
    coming = _newcomer(request)
    if coming is not None:
        lives = Membership.objects.filter(person=coming, ended_on=None)
        wanted |= set(lives.values_list("household_id", flat=True))
    rows = Household.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
    return {household.pk: household for household in rows}


def _newcomer(request: ChangeRequest) -> Person | None:
    return newcomer(request.kind, cast(dict[str, Any], request.answers))


def _phones(request: ChangeRequest) -> dict[str, str]:
    """Of whom it is about, before it is applied: number and language. Not of one's own daily news."""
    if request.kind in OWN_NEWS:
        return {}
    coming = _newcomer(request)
    # Who goes is one less for whoever leads the household they leave: told when it is done, not before.
    going = request.person if "where" in request.answers else coming
    head = head_beside(going) if going else None
    persons = [one for one in (_fresh(request.person), coming, head, next_head(request)) if one]
    # What a citizen changes alone texts no number that only a citizen typed; an official saw all else.
    alone = request.kind in AT_ONCE and request.case_id is None
    phones = {
        phone: person.language for person in persons for phone in numbers_of(person, with_typed=not alone)
    }
    if request.kind == "phone" and not request.asked_by.is_citizen:
        # Who is given a phone at the counter may have none that could be told, or be a child.
        phones |= {phone: one.language for one in persons for phone in phones_beside(one) - set(phones)}
    beside = told_of(request, concerned_by(request))
    return phones | {phone: one[0].language for phone, one in beside.items() if phone not in phones}


def _warn(request: ChangeRequest, phones: dict[str, str]) -> None:
    """Whom somebody else changed can object: also the number that was on record until now."""
    aware = {request.asked_by.phone}
    if request.kind == "phone":
        aware.add(request.answers["phone"]["phone"])  # type: ignore[call-overload]
    else:
        aware.add(_own_phone(request))
    for phone, language in phones.items():
        if phone not in aware:
            notifications.send(
                phone=phone,
                language=language,
                template="details_changed",
                params={"reference": request.reference},
                subject_kind="change",
                subject_id=request.pk,
            )


def _own_phone(request: ChangeRequest) -> str:
    """Of whoever asked; "" for none. A number that a citizen typed only where an official asked for them."""
    return next(iter(numbers_of(request.asked_for, with_typed=not request.asked_by.is_citizen)), "")


def tell_unreadable(request: ChangeRequest) -> None:
    """A document could not be read after the person went on: one text message a day, however many."""
    since = timezone.now() - timedelta(days=1)
    if not was_written("change_unreadable", "change", request.pk, since):
        _text(request, "unreadable")


def _text(request: ChangeRequest, step: str) -> None:
    """To a phone of whoever asked, not of the head: it may be a secret. It names nobody and nothing, for
    phones are shared."""
    template = f"change_{step}"
    phone = _own_phone(request)
    if template in TEXTS and phone:
        notifications.send(
            phone=phone,
            language=request.language,
            template=template,
            params={"reference": request.reference},
            subject_kind="change",
            subject_id=request.pk,
        )

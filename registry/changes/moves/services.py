"""The confirmation by whoever is moved from one household to another: asked for, given, refused."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from dsp_platform.accounts.errors import CodeProblem
from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.audit import services as audit
from dsp_platform.database import locks
from dsp_platform.database.history import history_of
from dsp_platform.database.history_context import history_context
from dsp_platform.notifications import services as notifications
from dsp_platform.notifications.selectors import was_written_to
from registry.changes.deciders import change_deciders
from registry.changes.moves.movers import leads_others, mover_of, name_mover, record_confirmation
from registry.changes.moves.terms import Terms, registration_terms, terms_for, terms_of
from registry.changes.selectors import MOVER, may_answer_for_mover, may_decide, moves_of, waits_for
from registry.changes.workflow import change_workflow
from registry.errors import ChangeError, TermsChanged
from registry.models import CURRENT, ChangeRequest, Membership, MoverConfirmation, Person
from registry.persons.conflicts import refuse_relatives
from registry.persons.details import HouseholdDetails
from registry.persons.scope import require_assisted_session
from registry.persons.selectors import subject_for
from registry.phones.selectors import confirmation_contact

State, Confirmation = ChangeRequest.State, ChangeRequest.Confirmation


class NotAsked(CodeProblem):
    """The phone no longer speaks for the mover, or the request was decided meanwhile."""

    def __str__(self) -> str:
        return _("This request waits for this confirmation no more. Look at it again.")


class HeadFirst(CodeProblem):
    """Others would stay in the household without a head."""

    def __str__(self) -> str:
        return _("The household of who moves first names a new head. After that they can say yes.")


class OldTerms(CodeProblem):
    """What the mover would agree to is not what the page showed. Nothing was saved; the code is used up."""

    def __str__(self) -> str:
        return words_changed()


def words_changed() -> str:
    return _("What the move would do has changed since it was shown. Nothing was saved. Read it again.")


def ask_mover(request: ChangeRequest, mover: Person | None) -> None:
    """The caller created or locked the request. Sends the mover a text message."""
    if mover is None:
        return
    name_mover(request, mover)
    phone, language = confirmation_contact(mover)
    if request.confirmation or not phone:
        return
    locks.lock(locks.LockName.MOVE_ASKED_OF_PHONE, phone)
    if was_written_to("move_asked", phone, timezone.now() - timedelta(days=1)):
        return  # one message however many ask: the mover's own page lists all
    notifications.send(
        phone=phone,
        language=language,
        template="move_asked",
        params={"reference": request.reference},
        subject_kind="change",
        subject_id=request.pk,
    )


def agree_by_code(
    *,
    request: ChangeRequest,
    phone: str,
    shown: str,
    actor: User,
    assisted_session: AssistedSession | None = None,
) -> ChangeRequest:
    """The code came to this phone, was read by the mover and typed by them or by an official they are with.
    ``shown``: of the terms that the page showed before the code was sent. ``assisted_session``: with the
    mover or who asked.

    Call within ``codes.prove``. Raises NotAsked, HeadFirst, OldTerms.
    """
    with transaction.atomic(), history_context("agree_to_move", actor=actor, request=request.reference):
        request = change_workflow.lock(request)
        if actor.is_citizen:
            may_type_code = _is_asked(actor, request)
        else:
            may_type_code = may_decide(actor, request) or may_answer_for_mover(actor, request)
        if not may_type_code:
            raise PermissionDenied
        mover = request.mover
        if mover is None or not request.is_open or not _is_still(request, mover):
            raise NotAsked
        if request.confirmation:
            return request
        if phone != confirmation_contact(mover)[0]:
            raise NotAsked
        if leads_others(request):
            raise HeadFirst
        if shown != terms_for(actor, request).shown:
            raise OldTerms
        record_confirmation(request, Confirmation.PHONE, actor, terms_of(request).digest)
        change_workflow.record_step(request, "yes", actor=actor, assisted_session=assisted_session)
        return request


def _is_still(request: ChangeRequest, mover: Person) -> bool:
    """Neither dead nor merged meanwhile, and still the person whom the answers move."""
    if mover.died_on or mover.merged_into_id:
        return False
    found = mover_of(request)
    return found is None or found.pk == mover.pk


@transaction.atomic
def agree_to_registration(
    *,
    person: Person,
    phone: str,
    details: HouseholdDetails,
    member: int,
    shown: str,
    assisted_session: AssistedSession,
    actor: User,
) -> None:
    """The confirmation by somebody registered before, at the registration of another household at the
    counter. ``details`` are those entered now, ``shown`` is of the terms read out before the code was sent.

    Call within ``codes.prove``. Raises NotAsked, OldTerms.
    """
    require_assisted_session(actor, assisted_session)
    if phone != confirmation_contact(person)[0]:
        raise NotAsked
    _note_consent(person, registration_terms(details, member, person), shown, assisted_session, actor)


@transaction.atomic
def agree_to_registration_in_person(
    *,
    person: Person,
    document: str,
    details: HouseholdDetails,
    member: int,
    shown: str,
    assisted_session: AssistedSession,
    actor: User,
) -> None:
    """The same by somebody who ``is_asked_in_person``: the official compared this type of document with them.

    Raises NotAsked, OldTerms, and InConflict for a relative of the official, on whose word alone it rests.
    """
    require_assisted_session(actor, assisted_session)
    refuse_relatives(actor, assisted_session, person)
    if not is_asked_in_person(person):
        raise NotAsked
    _note_consent(
        person, registration_terms(details, member, person), shown, assisted_session, actor, document
    )


def is_asked_in_person(person: Person) -> bool:
    """Who has no phone that could be asked, and either never lived in a household, as many whom an import
    brought in, or lost their home by a merge: no commune ended their membership, so nobody knows that they
    are free to move."""
    return not confirmation_contact(person)[0] and not _was_let_go(person)


def _was_let_go(person: Person) -> bool:
    """Whether their last membership ended otherwise than by a merge of their record, or while that was an
    alias; also where they still live there."""
    last = person.memberships.order_by(F("ended_on").desc(nulls_first=True), "-pk").first()
    if last is None or last.is_current:
        return last is not None
    events = history_of(Membership).filter(pgh_obj=last)
    lived = events.filter(CURRENT).order_by("-pgh_id").values("pgh_id")[:1]
    # The first event since: undoing a merge may have touched the row again, long after it had ended.
    since = events.filter(pgh_id__gt=Coalesce(Subquery(lived), 0)).order_by("pgh_id")
    ended = since.values_list("person", "pgh_context__metadata").first()
    if ended is None:
        return True
    whose, why = ended
    return whose == person.pk and (why or {}).get("why") not in ("merge", "unmerge")


def _note_consent(
    person: Person,
    terms: Terms,
    shown: str,
    assisted_session: AssistedSession,
    actor: User,
    document: str = "",
) -> None:
    if shown != terms.shown:
        raise OldTerms
    now = {"terms": terms.digest, "document": document, "at": timezone.now()}
    row, made = MoverConfirmation.objects.get_or_create(
        person=person, assisted_session_id=assisted_session.pk, defaults=now
    )
    if made or bytes(row.terms or b"") != terms.digest:
        MoverConfirmation.objects.filter(pk=row.pk).update(**now)
        audit.record(
            actor=actor,
            action="agree_to_move",
            subject_kind="person",
            subject_id=person.pk,
            assisted_session_id=assisted_session.pk,
        )


def _is_asked(citizen: User, request: ChangeRequest) -> bool:
    """A citizen who answers on their own page, for themselves or a child of their household."""
    person = subject_for(citizen, None)
    return person is not None and (request.mover_id == person.pk or request in moves_of(person))


def answer_for_mover(
    *,
    request: ChangeRequest,
    agrees: bool,
    note: str,
    shown: str,
    actor: User,
    assisted_session: AssistedSession | None = None,
) -> ChangeRequest:
    """By the old commune, its district or a steward. They confirm only where the mover has no phone, and
    the terms that were ``shown``; they refuse always, with a note. ``assisted_session``: as above.

    Raises PermissionDenied, NotYours, InConflict, Overtaken, TermsChanged, NoteMissing, ChangeError.
    """
    with transaction.atomic(), history_context("answer_for_mover", actor=actor, request=request.reference):
        request = change_workflow.lock(request)
        if not may_answer_for_mover(actor, request):
            raise PermissionDenied
        change_deciders.check_neutral(actor, request)
        if request.confirmation or not request.is_open:
            raise change_workflow.overtaken(request)
        if not agrees:
            change_workflow.decide(request, "no", actor=actor, note=note, assisted_session=assisted_session)
            return request
        if waits_for(request) == MOVER:
            raise ChangeError(_("The person has a phone, so they say yes themselves, by its code."))
        if request.mover is None or not _is_still(request, request.mover):
            raise ChangeError(str(NotAsked()))
        if leads_others(request):
            raise ChangeError(str(HeadFirst()))
        if shown != terms_for(actor, request).shown:
            raise TermsChanged(words_changed())
        record_confirmation(request, Confirmation.OLD_COMMUNE, actor, terms_of(request).digest)
        change_workflow.record_step(request, "yes", actor=actor, note=note, assisted_session=assisted_session)
        return request


def refuse_to_move(*, request: ChangeRequest, actor: User) -> ChangeRequest:
    """By the mover, signed in. Idempotent."""
    with transaction.atomic(), history_context("refuse_to_move", actor=actor, request=request.reference):
        request = change_workflow.lock(request)
        if not _is_asked(actor, request) or request.asked_by_id == actor.pk:
            raise PermissionDenied
        if request.state == State.REFUSED and request.decided_by_id == actor.pk:
            return request
        if not request.is_open:
            raise change_workflow.overtaken(request)
        note = _("The person who would move said no.")
        change_workflow.decide(request, "no", actor=actor, note=note)
        return request

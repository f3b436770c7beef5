"""The only door for writes: report, handle, add. To appeal is in ``appeals``."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from applications.models import Application
from dsp_platform.accounts.assisted_sessions.services import hold_case
from dsp_platform.accounts.models import Case, User
from dsp_platform.exchange.models import Operator
from dsp_platform.references import new_reference, save_with_new_number
from grievances import appeals, errors, limits, workflow
from grievances.models import Grievance, GrievanceEvent
from grievances.pins import PREFIX, new_pin, pin_digest
from grievances.selectors import may_handle
from grievances.steps import append, cleaned, locked, send_text, take
from registry.models import Area
from registry.persons.conflicts import conflict_of_interest
from registry.persons.selectors import subject_of
from registry.phones.selectors import numbers_of

__all__ = ["Details", "add_words", "confirm_phone", "correct_phone", "handle_grievance", "report_grievance"]

RECEIPTS_A_DAY = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    category: str
    text: str
    operator: Operator | None = None
    application: Application | None = None
    area: Area | None = None
    phone: str = ""
    unnamed: bool = False


@transaction.atomic
def report_grievance(
    *,
    actor: User | None,
    case: Case | None,
    submission: UUID,
    details: Details,
    language: str,
    known: bool = False,
) -> Grievance:
    """The same ``submission`` sent again, at once or later, finds the grievance it became.

    Unnamed means that nothing leads back to who reported, or to the official who helped. ``known``: some
    number was proved in this browser. Raises TooManyReports.
    """
    existing = Grievance.objects.filter(submission=submission).first()
    if existing:
        return existing
    if actor is not None:
        hold_case(user=actor, case=case)
    limits.take_report(actor=actor, known=known)
    try:
        grievance = save_with_new_number(
            lambda: _create(actor, case, submission, details, language), "grievances_grievance_reference_key"
        )
    except IntegrityError:
        return Grievance.objects.get(submission=submission)
    append(grievance, workflow.STEPS["report"], grievance.reported_by, case=case)
    _tell_received(grievance)
    return grievance


@transaction.atomic
def confirm_phone(*, grievance: Grievance, phone: str) -> Grievance:
    """A code was read from this phone: from now on it gets the news. Call within ``codes.prove``."""
    grievance = locked(grievance)
    if grievance.phone_confirmed_at is None and grievance.phone == phone:
        grievance.phone_confirmed_at = timezone.now()
        grievance.save(update_fields=["phone_confirmed_at"])
        _tell_received(grievance)
    return grievance


@transaction.atomic
def correct_phone(*, grievance: Grievance, phone: str) -> Grievance:
    """Another number for news in place of one that nobody confirmed. The caller has judged who may."""
    grievance = locked(grievance)
    if grievance.phone_confirmed_at is None and grievance.phone:
        grievance.phone = phone
        grievance.save(update_fields=["phone"])
    return grievance


def _tell_received(grievance: Grievance) -> None:
    """Only so often to one phone, whoever reports."""
    since = timezone.now() - timedelta(days=1)
    same = Grievance.objects.filter(phone=grievance.phone, reported_at__gte=since)
    if same.exclude(phone_confirmed_at=None).count() <= RECEIPTS_A_DAY:
        send_text(grievance, "grievance_received")


def _is_known_phone(actor: User | None, case: Case | None, phone: str) -> bool:
    """It was proved by signing in with it, or stands on record for the person at the counter."""
    person = subject_of(actor, case) if actor and case else None
    known = numbers_of(person) if person else [actor.phone if actor else ""]
    return bool(phone) and phone in known


def _create(
    actor: User | None, case: Case | None, submission: UUID, details: Details, language: str
) -> Grievance:
    named = actor is not None and not details.unnamed
    application = details.application if named else None
    reference = new_reference(PREFIX)
    is_known = _is_known_phone(actor, case, details.phone)
    return Grievance.objects.create(
        reference=reference,
        pin_digest=pin_digest(reference, new_pin(reference, submission)),
        category=details.category,
        text=cleaned(details.text),
        operator=application.programme.operator if application else details.operator,
        application=application,
        area=details.area,
        person=subject_of(actor, case) if actor and named else None,
        phone=details.phone,
        phone_confirmed_at=timezone.now() if is_known else None,
        language=language,
        submission=submission,
        reported_by=actor if named else None,
    )


@transaction.atomic
def handle_grievance(
    *,
    grievance: Grievance,
    step: str,
    actor: User,
    expected_version: int,
    note: str = "",
    operator: Operator | None = None,
) -> Grievance:
    """A step of ``workflow.HANDLING``. ``operator`` is whom it is passed on to.

    The same step sent twice by the same person is taken once.

    Raises ``PermissionDenied``, ``NotYours``, ``InConflict``, ``AlreadyChanged``, ``NoteMissing``,
    ``OperatorMissing``, ``StepNotAllowed``; for an appeal also ``DecidedByYou`` and ``CannotReopen``.
    """
    grievance = locked(grievance)
    wanted = workflow.STEPS.get(step)
    if wanted is None or step not in workflow.HANDLING:
        raise errors.StepNotAllowed
    if not may_handle(actor, grievance) or (wanted.who == workflow.STEWARD and not actor.is_steward):
        raise PermissionDenied
    if not workflow.is_step_of(wanted, grievance):
        raise errors.StepNotAllowed
    if grievance.reported_by_id == actor.pk:
        raise errors.NotYours
    applicant = grievance.application.person if grievance.application else None
    if words := conflict_of_interest(actor, grievance.person, applicant):
        raise errors.InConflict(words)
    appeals.check_answerer(grievance=grievance, actor=actor)
    if grievance.version != expected_version:
        last = grievance.events.select_related("actor").last()
        elsewhere = step == "pass_on" and operator != grievance.operator
        if grievance.version == expected_version + 1 and not elsewhere and _is_again(last, actor, step, note):
            return grievance
        raise errors.AlreadyChanged(last)
    if step == "pass_on":
        if operator is None:
            raise errors.OperatorMissing
        grievance.operator = operator
    if step in workflow.ANSWERS:
        grievance.answered_by = actor
    take(grievance, wanted, actor, note)
    if step in ("uphold", "overturn"):
        appeals.carry_out(grievance=grievance, step=step, actor=actor, note=cleaned(note))
    if step in workflow.ANSWERS:
        send_text(grievance, "appeal_answered" if grievance.decision_id else "grievance_changed")
    return grievance


def _is_again(last: GrievanceEvent | None, actor: User, step: str, note: str) -> bool:
    """A double click: the step taken last is the one that is sent."""
    return last is not None and (last.actor_id, last.step, last.note or "") == (actor.pk, step, cleaned(note))


@transaction.atomic
def add_words(*, grievance: Grievance, actor: User | None, text: str) -> Grievance:
    """From whoever has shown to be the reporter. After an answer, it is looked into once more.

    Raises TooManyWords, StepNotAllowed, NoteMissing.
    """
    grievance = locked(grievance)
    step = "add" if grievance.state in workflow.OPEN else "reopen"
    last = grievance.events.last()
    if last and last.step == step and last.note == cleaned(text):
        return grievance  # sent twice
    limits.check_words(grievance)
    if not workflow.is_step_of(workflow.STEPS[step], grievance):
        raise errors.StepNotAllowed  # an appeal is answered once
    # Whoever stayed unnamed stays so, also when signed in while adding something. An official never does:
    # the reporter reads whose words they are.
    named = actor if grievance.reported_by_id or (actor and not actor.is_citizen) else None
    take(grievance, workflow.STEPS[step], named, text)
    return grievance

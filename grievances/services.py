"""Every write of a grievance: report, handle, add. Appealing is in ``appeals``."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.models import Application
from applications.workflow import Source
from dsp_platform.accounts.assisted_sessions.services import lock_assisted_session
from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.audit import services as audit
from dsp_platform.casework.assignment import Assignment
from dsp_platform.casework.errors import Overtaken
from dsp_platform.casework.workflow import ANSWER
from dsp_platform.database.references import clean_reference, new_reference, save_with_new_number
from dsp_platform.database.sqlstates import is_violation_of
from dsp_platform.exchange.models import Operator
from grievances import appeals, errors, limits, workflow
from grievances.actors import named_actor, traceable_session
from grievances.deciders import grievance_deciders
from grievances.models import Grievance
from grievances.pins import PREFIX, new_pin, pin_digest
from grievances.repeats import repeats
from grievances.secrecy import Secrecy, change_category, opens, secrecy_of
from grievances.sending import OF_TEAM, go_up, send
from grievances.workflow import grievance_workflow
from registry.models import Area, Enrolment, Person, Programme
from registry.persons.conflicts import refuse_relatives
from registry.persons.selectors import subject_for
from registry.persons.writer import lock_person
from registry.phones.selectors import proved_numbers

__all__ = [
    "Details",
    "add_words",
    "confirm_phone",
    "correct_phone",
    "handle_by_operator",
    "handle_grievance",
    "renew_pin",
    "report_grievance",
]

RECEIPTS_A_DAY = 3
OFFICIAL_LENGTH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    category: str
    text: str
    operator: Operator | None = None
    application: Application | None = None
    programme: Programme | None = None
    enrolment: Enrolment | None = None
    official: str = ""
    office: Area | None = None
    area: Area | None = None
    channel: str = ""
    phone: str = ""
    unnamed: bool = False
    caller: Person | None = None
    """Who said by phone or on paper that it is them: nobody has proved it."""


@transaction.atomic
def report_grievance(
    *,
    actor: User | None,
    assisted_session: AssistedSession | None,
    submission: UUID,
    details: Details,
    language: str,
    known: bool = False,
) -> Grievance:
    """Idempotent by ``submission``.

    Unnamed: nothing is stored that identifies the reporter, or the official who helped. ``known``: some
    number was proved in this browser. Raises TooManyReports.
    """
    existing = Grievance.objects.filter(submission=submission).first()
    if existing:
        return existing
    if actor is not None:
        lock_assisted_session(user=actor, assisted_session=assisted_session)
    limits.take_report(actor=actor, known=known)
    try:
        grievance = save_with_new_number(
            lambda: _create(actor, assisted_session, submission, details, language),
            "grievances_grievance_reference_key",
        )
    except IntegrityError as error:
        if not is_violation_of(error, "grievances_grievance_submission_key"):
            raise
        # Of a concurrent submit, which came first.
        return Grievance.objects.get(submission=submission)
    grievance_workflow.record_step(
        grievance,
        "report",
        actor=grievance.reported_by,
        assisted_session=traceable_session(grievance, assisted_session),
    )
    _tell_received(grievance)
    return grievance


@transaction.atomic
def confirm_phone(*, grievance: Grievance, phone: str) -> Grievance:
    """This phone was proved by a code, and gets the news from now on. Call within ``codes.prove``."""
    grievance = grievance_workflow.lock(grievance)
    if grievance.phone_confirmed_at is None and grievance.phone == phone:
        grievance.phone_confirmed_at = timezone.now()
        grievance.save(update_fields=["phone_confirmed_at"])
        _tell_received(grievance)
    return grievance


@transaction.atomic
def renew_pin(*, reference: str, phone: str) -> Grievance | None:
    """This phone was proved by a code. Call within ``codes.prove``. None where it was not left on this
    report and proved for it, where it may be somebody else's by now, and where the phone alone is no
    proof."""
    cleaned = clean_reference(reference, PREFIX)
    found = Grievance.objects.filter(reference=cleaned, phone=phone).exclude(phone="").first()
    if found is None or found.told_in_secret == Secrecy.PIN:
        return None
    grievance = grievance_workflow.lock(found)
    if grievance.phone != phone or phone not in grievance_workflow.numbers_in_reach(grievance):
        return None
    # The PIN is derived from it. The form it stands for was answered long ago.
    grievance.submission = uuid4()
    grievance.pin_digest = pin_digest(grievance.reference, new_pin(grievance.reference, grievance.submission))
    grievance.save(update_fields=["submission", "pin_digest"])
    audit.record(actor=None, action="renew_pin", subject_kind="grievance", subject_id=grievance.pk)
    return grievance


@transaction.atomic
def correct_phone(*, grievance: Grievance, phone: str) -> Grievance:
    """Replace a number that nobody confirmed. The caller has checked who may."""
    grievance = grievance_workflow.lock(grievance)
    if grievance.phone_confirmed_at is None and grievance.phone:
        grievance.phone = phone
        grievance.save(update_fields=["phone"])
    return grievance


def _tell_received(grievance: Grievance) -> None:
    """Limited per phone, whoever reports."""
    since = timezone.now() - timedelta(days=1)
    same = Grievance.objects.filter(phone=grievance.phone, reported_at__gte=since)
    if same.exclude(phone_confirmed_at=None).count() <= RECEIPTS_A_DAY:
        grievance_workflow.send_text(grievance, "grievance_received")


def _create(
    actor: User | None,
    assisted_session: AssistedSession | None,
    submission: UUID,
    details: Details,
    language: str,
) -> Grievance:
    named = actor is not None and not details.unnamed
    channel = _channel(actor, assisted_session, details)
    application = details.application if named else None
    enrolment = details.enrolment if named else None
    # Which programme it is about identifies nobody.
    about = details.application or details.enrolment
    programme = about.programme if about else details.programme
    operator = programme.operator if programme else details.operator
    reference = new_reference(PREFIX)
    # Proved by signing in with it, now or before. One on record was only typed: it is confirmed by a code.
    subject = subject_for(actor, assisted_session) if actor and assisted_session else None
    known = proved_numbers(subject) if subject else [actor.phone if actor else ""]
    is_known = bool(details.phone) and details.phone in known
    person = subject_for(actor, assisted_session) if actor and named else None
    grievance = Grievance(
        reference=reference,
        pin_digest=pin_digest(reference, new_pin(reference, submission)),
        category=details.category,
        told_in_secret=secrecy_of(details.category),
        text=grievance_workflow.clean_note(details.text),
        operator=operator,
        application=application,
        enrolment=enrolment,
        programme=programme,
        official=grievance_workflow.clean_note(details.official)[:OFFICIAL_LENGTH] or None,
        office=details.office,
        channel=channel,
        area=details.area,
        person=details.caller if channel in Grievance.TYPED_BY_OFFICIALS else person,
        phone=details.phone,
        phone_confirmed_at=timezone.now() if is_known else None,
        language=language,
        submission=submission,
        # Whoever typed it for somebody else does not handle it.
        reported_by=actor if named or channel in Grievance.TYPED_BY_OFFICIALS else None,
    )
    send(grievance)
    grievance.save(force_insert=True)
    return grievance


def _channel(actor: User | None, assisted_session: AssistedSession | None, details: Details) -> str:
    """Only an official hears one by phone, or reads it on paper."""
    if actor is None or actor.is_citizen:
        return Grievance.Channel.PORTAL
    if assisted_session is None and details.channel in Grievance.TYPED_BY_OFFICIALS:
        return details.channel
    return Grievance.Channel.COUNTER


assignment = Assignment(grievance_deciders)


@transaction.atomic
def handle_grievance(
    *,
    grievance: Grievance,
    step: str,
    actor: User,
    expected_version: int,
    note: str = "",
    operator: Operator | None = None,
    category: str = "",
    repeat_of: str = "",
    confirmed: bool = False,
) -> Grievance:
    """``operator`` is whom it is passed on to, ``category`` what it is about instead, ``repeat_of`` the
    reference of what it repeats; ``confirmed``: that others answer what was sensitive.

    Raises as ``Deciders.begin``; ``OperatorMissing``, ``NoOriginal``, ``NotConfirmed``; for an appeal
    also ``CannotReopen``.
    """
    reason = category if step == "recategorise" else ""
    if grievance.decision_id and grievance.application:
        # Before the appeal, as the recording of a death does: consistent lock order.
        lock_person(grievance.application.person)
    original = repeats.locked_original(repeat_of) if step == "mark_repeat" else None
    grievance, is_sent_again = assignment.deciders.begin(
        grievance, step, actor=actor, expected_version=expected_version, note=note, reason=reason
    )
    if is_sent_again:
        if step == "pass_on" and operator != grievance.operator:
            raise grievance_workflow.overtaken(grievance)
        return grievance
    if step == "mark_repeat":
        original = repeats.check_original(grievance, original, actor)
    if step == "pass_on":
        if operator is None:
            raise errors.OperatorMissing
        grievance.operator = operator
    if step == "recategorise":
        if opens(grievance, category) and not confirmed:
            raise errors.NotConfirmed
        change_category(grievance, category)
    if step in ("pass_on", "recategorise"):
        send(grievance)
    # The application is locked before a text message is counted: consistent lock order.
    if step in ("uphold", "overturn"):
        appeals.carry_out(grievance=grievance, step=step, actor=actor, note=note)
    if step == "pass_up":
        go_up(grievance, step, actor=actor, note=note, assisted_session=None)
    else:
        _take(grievance, step, actor=actor, note=note, reason=reason)
    if step in ("mark_repeat", "unmark_repeat"):
        grievance.repeat_of = original
        grievance.save(update_fields=["repeat_of"])
    return grievance


def handle_by_operator(*, grievance: Grievance, step: str, note: str) -> None:
    """The same step, taken in the operator's own system. The caller has locked the row, and checked whose it
    is. Raises as ``Workflow.take_step``."""
    _take(grievance, step, actor=None, note=note, source=Source.OPERATOR)


def _take(
    grievance: Grievance, step: str, *, actor: User | None, note: str, reason: str = "", source: str = ""
) -> None:
    if step in workflow.ANSWERS:
        grievance.answered_by, grievance.answered_at = actor, timezone.now()
    fields = ["operator", "category", "told_in_secret", *OF_TEAM, "answered_by", "answered_at"]
    grievance_workflow.take_step(
        grievance, step, actor=actor, note=note, reason=reason, source=source, fields=fields
    )
    if step in ("resolve", "dismiss"):
        repeats.answer_repeats(grievance, step, actor=actor, note=note, source=source)


@transaction.atomic
def add_words(
    *,
    grievance: Grievance,
    actor: User | None,
    assisted_session: AssistedSession | None,
    text: str,
    expected_version: int | None = None,
) -> Grievance:
    """By whoever has proved to be the reporter: the answer to a question that was asked, or an addition.
    Once it is answered they have it looked at again, once, by the level above; that needs none.

    Raises TooManyWords, StepNotAllowed, NoteMissing, Overtaken for an answer that came after
    ``expected_version``, InConflict for an official related to the reporter or the applicant.
    """
    if actor is not None:
        lock_assisted_session(user=actor, assisted_session=assisted_session)
    grievance = grievance_workflow.lock(grievance)
    applicant = grievance.application.person if grievance.application else None
    refuse_relatives(actor, assisted_session, grievance.person, applicant)
    step = step_of_words(grievance)
    if _is_sent_twice(grievance, step, grievance_workflow.clean_note(text)):
        return grievance
    if expected_version is not None and _was_answered_since(grievance, expected_version):
        raise Overtaken(
            _(
                "An answer came meanwhile, so nothing was sent. "
                "Read it, then send your words if they are still needed."
            )
        )
    limits.check_words(grievance)
    take = go_up if step == "reopen" else grievance_workflow.take_step
    take(
        grievance,
        step,
        actor=named_actor(grievance, actor),
        note=text,
        assisted_session=traceable_session(grievance, assisted_session),
    )
    grievance_workflow.tell_added(grievance, actor)
    if step == "reopen":
        grievance.reopened_at, grievance.answered_at, grievance.satisfaction = timezone.now(), None, ""
        grievance.repeat_of = None
        grievance.save(update_fields=["reopened_at", "answered_at", "satisfaction", "repeat_of"])
    return grievance


def step_of_words(grievance: Grievance) -> str:
    """What the words of the reporter are now."""
    if grievance.state == Grievance.State.MORE_ASKED:
        return ANSWER
    return "add" if grievance.is_open else "reopen"


def _is_sent_twice(grievance: Grievance, step: str, words: str) -> bool:
    """Also what had it looked at again: the second time it is open."""
    last = grievance.events.last()
    return last is not None and last.step in (step, "reopen") and (last.note or "") == words


def _was_answered_since(grievance: Grievance, version: int) -> bool:
    """Each step after the first raises the version by one."""
    newest = grievance.events.order_by("-at", "-pk").values_list("step", flat=True)
    return any(step in workflow.ANSWERS for step in newest[: max(0, grievance.version - version)])

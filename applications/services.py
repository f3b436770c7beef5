"""Every write of an application: apply, decide, answer, withdraw."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from applications import agreements, errors, workflow
from applications.answers.drafts import draft_of
from applications.answers.services import complete_answers, store_answers
from applications.deciders import application_deciders
from applications.documents import files_of_draft, take_over
from applications.models import Application, ApplicationEvent
from applications.selectors import may_act_for, open_application
from applications.workflow import DECIDING, Source, application_workflow
from dsp_platform.accounts.assisted_sessions.services import lock_assisted_session
from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.casework.assignment import Assignment
from dsp_platform.casework.errors import Overtaken, StepNotAllowed
from dsp_platform.database.references import new_reference, save_with_new_number
from registry.beneficiaries.enrolment import end_enrolment, enrol
from registry.consents.services import give_consent
from registry.eligibility.verdict import judge
from registry.models import Enrolment, Person, Programme
from registry.persons.announcing import announce_household, announced_together
from registry.persons.conflicts import refuse_relatives
from registry.persons.households import household_of, with_household
from registry.persons.selectors import subject_for
from registry.persons.writer import lock_person
from registry.phones.notices import tell_own_numbers
from registry.programmes.amounts import snapshot_of
from registry.programmes.availability import takes_applications, why_none_taken
from registry.programmes.selectors import amounts_of

PREFIX = "A"


@transaction.atomic
def submit_application(
    *,
    actor: User,
    assisted_session: AssistedSession | None,
    person: Person,
    programme: Programme,
    consent: bool,
) -> Application:
    """Idempotent: a second submit, concurrent or later, returns the application that is open already.

    An "unlikely" verdict is stored and prevents nothing. Raises ``NotOpen``, ``ConsentMissing``,
    ``QuestionsUnanswered``, ``AlreadyEnrolled``, ``NoHousehold``, ``PersonDied``, and ``PermissionDenied``
    when the actor may not act for the person.
    """
    # Before the assisted session, as the recording of a death does: consistent lock order. A concurrent
    # submit for this person waits here, and then finds the application of the first.
    person = lock_person(person)
    if person.died_on is not None:
        raise errors.PersonDied
    lock_assisted_session(user=actor, assisted_session=assisted_session)
    if not may_act_for(actor, assisted_session, person):
        raise PermissionDenied
    existing = open_application(person, programme)
    if existing:
        return existing
    if not takes_applications(programme):
        raise errors.NotOpen(why_none_taken(programme))
    if is_enrolled(person, programme):
        raise errors.AlreadyEnrolled
    household = household_of(person)
    if household is None:
        raise errors.NoHousehold
    asks_consent = agreements.consent_to_ask(household, programme.operator)
    if asks_consent and not consent:
        raise errors.ConsentMissing
    answers = complete_answers(
        draft=draft_of(actor, assisted_session, person, programme),
        reader=None if assisted_session else subject_for(actor, None),
        person=person,
        programme=programme,
        files=files_of_draft(person, programme),
    )
    application = _create(actor, assisted_session, person, programme)
    store_answers(application=application, wizard=answers)
    with announced_together():
        if asks_consent:
            give_consent(
                household=household,
                given_by=subject_for(actor, assisted_session) or person,
                operator_code=programme.operator_id,
                purpose=agreements.consent_purpose(),
                text=agreements.consent_text(programme),
                language=(get_language() or "km")[:2],
                actor=actor,
                assisted_session=assisted_session,
            )
        take_over(application)
        source = Source.COUNTER if assisted_session else Source.PORTAL
        application_workflow.record_step(
            application, "submit", actor=actor, source=source, assisted_session=assisted_session
        )
        # The person has become an applicant: the operator may now be entitled to their record.
        announce_household(household)
    return application


def is_enrolled(person: Person, programme: Programme) -> bool:
    return person.enrolments.filter(programme=programme).exclude(state=Enrolment.State.ENDED).exists()


def _create(
    actor: User, assisted_session: AssistedSession | None, person: Person, programme: Programme
) -> Application:
    verdict = judge(programme, person)
    own = assisted_session is None and person.account_id == actor.pk
    return save_with_new_number(
        lambda: Application.objects.create(
            reference=new_reference(PREFIX),
            programme=programme,
            person=person,
            verdict=verdict.outcome,
            missing_facts=list(verdict.missing),
            rule_version=programme.rule_version,
            language=(get_language() or "km")[:2] if own else person.language,
            submitted_by=actor,
        ),
        "applications_application_reference_key",
    )


assignment = Assignment(application_deciders)


@transaction.atomic
def decide(
    *,
    application: Application,
    decision: str,
    reason: str = "",
    note: str = "",
    note_translated: str = "",
    referred_to: Programme | None = None,
    actor: User,
    expected_version: int,
) -> Application:
    """A step of a reviewer of the programme's operator, at once: pages hold it first, see
    ``applications.review.held``.

    ``note`` is in the language of the application, ``note_translated`` the same in the other one. Raises as
    ``Deciders.begin``; ``ApplicantDied``, ``NoReferral``.
    """
    # Lock the person first, as the recording of a death does: consistent lock order.
    lock_person(application.person)
    reason = reason if decision == "refuse" else ""
    application, is_sent_again = assignment.deciders.begin(
        application, decision, actor=actor, expected_version=expected_version, note=note, reason=reason
    )
    if not is_sent_again:
        _decide(
            application,
            decision,
            actor,
            Source.ADMIN,
            reason,
            note,
            note_translated=note_translated,
            referred_to=referred_to,
        )
    return application


def decide_by_operator(
    *, application: Application, decision: str, note: str, since: date, operator_reference: str
) -> None:
    """The same step, taken in the operator's own system. The caller has locked the person and the row."""
    reason = workflow.OPERATOR_REASON if decision == "refuse" else ""
    _decide(application, decision, None, Source.OPERATOR, reason, note, since, operator_reference)


def _decide(
    application: Application,
    decision: str,
    actor: User | None,
    source: Source,
    reason: str,
    note: str,
    since: date | None = None,
    operator_reference: str = "",
    note_translated: str = "",
    referred_to: Programme | None = None,
) -> None:
    check_alive(application, decision)
    check_referral(application, decision, referred_to)
    fields = []
    if decision in DECIDING:
        # The last day as the programme has it today: a later change of the programme does not move it.
        days = application.programme.appeal_days
        application.appeal_until = None if days is None else timezone.localdate() + timedelta(days=days)
        application.decided_at, application.decided_by = timezone.now(), actor
        application.amounts = snapshot_of(amounts_of(application.programme).gives)
        application.referred_to = referred_to if decision == "refer" else None
        fields = ["decided_at", "decided_by", "appeal_until", "amounts", "referred_to"]
    more = {"note_translated": application_workflow.clean_note(note_translated) or None}
    application_workflow.take_step(
        application, decision, actor=actor, source=source, reason=reason, note=note, fields=fields, more=more
    )
    if decision == "approve":
        enrol(
            person=application.person,
            programme=application.programme,
            since=since or timezone.localdate(),
            operator_reference=operator_reference,
        )
    elif decision in ("refuse", "refer") and has_approved_support(application):
        end_enrolment(person=application.person, programme=application.programme, until=timezone.localdate())


def check_alive(application: Application, decision: str) -> None:
    """Raises ``ApplicantDied``."""
    if decision != "refuse" and application.person.died_on:
        raise errors.ApplicantDied


def check_referral(application: Application, decision: str, referred_to: Programme | None) -> None:
    """Raises ``NoReferral`` for a programme that takes no applications, or is the operator's own."""
    if decision != "refer":
        return
    own = application.programme.operator_id
    if referred_to is None or referred_to.operator_id == own or not takes_applications(referred_to):
        raise errors.NoReferral


def has_approved_support(application: Application, events: Sequence[ApplicationEvent] | None = None) -> bool:
    """Approved before and under review again: the support continues until that review ends, unless another
    application was approved too. Passing its ``events`` saves a query."""
    taken = application.events.all() if events is None else events
    if not any(event.step == "approve" for event in taken):
        return False
    others = Application.objects.filter(person=application.person, programme=application.programme)
    return not others.filter(state=Application.State.APPROVED).exists()


def closed_without_consent(operator_code: str, waiting: Iterable[Application]) -> list[Application]:
    """Those that nobody can decide any more once the household takes back its consent for this operator, or,
    where the code is empty, its whole registration. One whose support was approved before goes on."""

    def ends(one: Application) -> bool:
        of_operator = one.programme.operator_id == operator_code
        return not operator_code or (of_operator and agreements.rests_on_consent(operator_code))

    return [one for one in waiting if ends(one) and not has_approved_support(one)]


def may_withdraw(application: Application, events: Sequence[ApplicationEvent] | None = None) -> bool:
    """Not one that was approved and is under review again: the operator ends a support that is no longer
    wanted."""
    allowed = application.state in workflow.STEPS["withdraw"].before
    return allowed and not has_approved_support(application, events)


@transaction.atomic
def answer_more(
    *,
    application: Application,
    actor: User,
    assisted_session: AssistedSession | None,
    text: str,
    expected_version: int | None,
) -> Application:
    """The same answer sent again is one answer.

    Raises ``NoteMissing`` for an empty answer, ``StepNotAllowed`` when nothing is asked, ``Overtaken`` when
    the question of ``expected_version`` was answered before or followed by another one, ``InConflict`` for an
    official related to the applicant's household.
    """
    return _applicant_step("answer", application, actor, assisted_session, text, expected_version)


@transaction.atomic
def withdraw(
    *, application: Application, actor: User, assisted_session: AssistedSession | None
) -> Application:
    """Idempotent. Withdrawn in an assisted session, the applicant and who is there get a text message.

    Raises ``StepNotAllowed`` when it was decided meanwhile, or approved before and under review again;
    ``InConflict`` for an official related to the applicant's household.
    """
    if has_approved_support(application):
        raise StepNotAllowed(application_workflow.not_allowed)
    withdrawn = _applicant_step("withdraw", application, actor, assisted_session)
    household = household_of(withdrawn.person)
    if household:
        # No longer an applicant: the operator may have to give the person's record back.
        announce_household(household)
    return withdrawn


def close(rows: QuerySet[Application], step: str) -> list[Application]:
    """Those of them that are open, by what became known in the registry. Tells nobody."""
    closed = []
    for application in rows.filter(state__in=Application.OPEN_STATES).order_by("pk"):
        application = application_workflow.lock(application)
        if application.is_open:
            application_workflow.take_step(application, step, actor=None, source=Source.REGISTRY)
            closed.append(application)
    return closed


def _applicant_step(
    name: str,
    application: Application,
    actor: User,
    assisted_session: AssistedSession | None,
    note: str = "",
    expected_version: int | None = None,
) -> Application:
    # Lock the person first: consistent lock order.
    lock_person(application.person)
    lock_assisted_session(user=actor, assisted_session=assisted_session)
    application = application_workflow.lock(application)
    if not may_act_for(actor, assisted_session, application.person):
        raise PermissionDenied
    refuse_relatives(actor, assisted_session, *with_household(application.person))
    if name == "answer":
        is_sent_again = application_workflow.is_sent_again(application, name, actor=actor, note=note)
        # A document may have come since the question was shown: it asks nothing else.
        came = application_workflow.document_came(application)
        shown = (application.version, application.version - 1) if came else (application.version,)
        if not is_sent_again and expected_version not in shown:
            raise _too_late(application)
    else:
        is_sent_again = application.state == workflow.STEPS[name].after
    if not is_sent_again:
        source = Source.COUNTER if assisted_session else Source.PORTAL
        application_workflow.take_step(
            application, name, actor=actor, source=source, note=note, assisted_session=assisted_session
        )
        if name == "withdraw" and assisted_session is not None:
            tell_own_numbers(
                application.person,
                subject_for(actor, assisted_session),
                template="application_withdraw",
                params={"reference": application.reference},
                subject_kind=application_workflow.subject_kind,
                subject_id=application.pk,
            )
    return application


def _too_late(application: Application) -> Overtaken:
    """For whoever answers what was shown on an earlier page."""
    if application.state == Application.State.MORE_ASKED:
        return Overtaken(
            _("A new question came meanwhile, so nothing was sent. Read it, then send your answer.")
        )
    return Overtaken(_("This was not sent: the question was answered before, or is not asked any more."))

"""The only door for writes: apply, decide, answer, withdraw."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import get_language

from applications import agreements, errors, workflow
from applications.documents import take_over
from applications.models import Application, ApplicationEvent
from applications.selectors import last_decision, may_act_for, open_application
from applications.steps import Source, locked, take, tell
from dsp_platform.accounts.assisted_sessions.services import hold_case
from dsp_platform.accounts.models import Case, User
from dsp_platform.khmer.text import clean_lines
from dsp_platform.references import new_reference, save_with_new_number
from registry.beneficiaries.enrolment import end_enrolment, enrol
from registry.consents.services import give_consent
from registry.eligibility.verdict import judge
from registry.models import Enrolment, Household, Person, Programme
from registry.persons.conflicts import conflict_of_interest
from registry.persons.households import household_of
from registry.persons.selectors import subject_of
from registry.persons.writer import announce_household, lock_person

PREFIX = "A"
NOTE_LENGTH = 2000


def takes_applications(programme: Programme) -> bool:
    open_now = programme.state in (Programme.State.OPEN, Programme.State.SEASONAL)
    return open_now and programme.takes_applications


def cleaned_note(text: str) -> str:
    return clean_lines(text)[:NOTE_LENGTH].strip()


@transaction.atomic
def submit_application(
    *, actor: User, case: Case | None, person: Person, programme: Programme, consent: bool
) -> Application:
    """A second submit, at once or later, finds the application that is open already.

    An "unlikely" verdict is stored and stops nobody. Raises ``NotOpen``, ``ConsentMissing``,
    ``AlreadyEnrolled``, ``PersonDied``, and ``PermissionDenied`` when the actor may not act for the person.
    """
    # The person before the case, as a death does that ends the case and closes what was applied for.
    person = lock_person(person)
    if person.died_on is not None:
        raise errors.PersonDied
    hold_case(user=actor, case=case)
    household = household_of(person)
    if household is None or not may_act_for(actor, case, person):
        raise PermissionDenied
    existing = open_application(person, programme)
    if existing:
        return existing
    if not takes_applications(programme):
        raise errors.NotOpen
    if is_enrolled(person, programme):
        raise errors.AlreadyEnrolled
    if agreements.consent_to_ask(household, programme.operator) and not consent:
        raise errors.ConsentMissing
    application = _create(actor, case, person, programme)
    if application is None:
        return Application.objects.get(person=person, programme=programme, state__in=Application.OPEN_STATES)
    _give_consent(application, household, actor, case)
    take_over(application)
    source = Source.COUNTER if case else Source.PORTAL
    tell(application, workflow.STEPS["submit"], actor, source, case=case)
    # The person has become an applicant: the operator may now be entitled to their record.
    announce_household(household)
    return application


def is_enrolled(person: Person, programme: Programme) -> bool:
    return person.enrolments.filter(programme=programme).exclude(state=Enrolment.State.ENDED).exists()


def _create(actor: User, case: Case | None, person: Person, programme: Programme) -> Application | None:
    """None when somebody else's submit for this person came first: the constraint decides."""
    verdict = judge(programme, person)
    own = case is None and person.account_id == actor.pk
    try:
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
    except IntegrityError:
        return None


def _give_consent(application: Application, household: Household, actor: User, case: Case | None) -> None:
    programme = application.programme
    if not agreements.consent_to_ask(household, programme.operator):
        return
    give_consent(
        household=household,
        given_by=subject_of(actor, case) or application.person,
        operator_code=programme.operator_id,
        purpose=agreements.consent_purpose(),
        text=agreements.consent_text(programme),
        language=(get_language() or "km")[:2],
        actor=actor,
        case=case,
    )


@transaction.atomic
def decide(
    *,
    application: Application,
    decision: str,
    reason: str = "",
    note: str = "",
    actor: User,
    expected_version: int,
) -> Application:
    """A step of a reviewer of the programme's operator. ``decision`` is one of ``workflow.DECISIONS``.

    The same step sent twice by the same reviewer is taken once.

    Raises ``PermissionDenied``, ``NotYours``, ``InConflict``, ``DecidedBefore``, ``AlreadyDecided`` or
    ``AlreadyChanged`` when somebody was first, ``ReasonMissing``, ``NoteMissing``, ``StepNotAllowed``,
    ``ApplicantDied``.
    """
    # The person first, as a death does that closes the application.
    lock_person(application.person)
    application = locked(application)
    if not may_review(actor, application):
        raise PermissionDenied
    if application.submitted_by_id == actor.pk:
        raise errors.NotYours
    if words := conflict_of_interest(actor, application.person):
        raise errors.InConflict(words)
    note, reason = cleaned_note(note), reason if decision == "refuse" else ""
    if application.version != expected_version:
        last = application.events.select_related("actor").last()
        if application.version == expected_version + 1 and _is_again(last, actor, decision, reason, note):
            return application
        decided = application.state in workflow.FINAL
        raise (errors.AlreadyDecided if decided else errors.AlreadyChanged)(last)
    if decision in workflow.DECIDING and _decided_before(actor, application):
        raise errors.DecidedBefore
    if decision == "refuse" and reason not in workflow.REASONS:
        raise errors.ReasonMissing
    if not note and (decision == "ask_more" or (decision, reason) == ("refuse", "other")):
        raise errors.NoteMissing
    _decided(application, decision, actor, Source.ADMIN, reason, note)
    return application


def _decided_before(actor: User, application: Application) -> bool:
    """Of an application that is decided anew: not by the same person, or the appeal was for nothing."""
    last = last_decision(application) if application.state in Application.OPEN_STATES else None
    return last is not None and last.actor_id == actor.pk


def _is_again(last: ApplicationEvent | None, actor: User, decision: str, reason: str, note: str) -> bool:
    """A double click: the step taken last is the one that is sent."""
    sent = (actor.pk, decision, reason, note)
    return last is not None and (last.actor_id, last.step, last.reason, last.note or "") == sent


def decide_by_operator(
    *, application: Application, decision: str, note: str, since: date, operator_reference: str
) -> None:
    """The same step, taken in the operator's own system. The caller holds the person and the row's lock."""
    reason = workflow.OPERATOR_REASON if decision == "refuse" else ""
    note = cleaned_note(note)
    _decided(application, decision, None, Source.OPERATOR, reason, note, since, operator_reference)


def _decided(
    application: Application,
    decision: str,
    actor: User | None,
    source: Source,
    reason: str,
    note: str,
    since: date | None = None,
    operator_reference: str = "",
) -> None:
    if decision not in workflow.DECISIONS:
        raise errors.StepNotAllowed
    if decision != "refuse" and application.person.died_on:
        raise errors.ApplicantDied
    step = workflow.STEPS[decision]
    take(application=application, step=step, actor=actor, source=source, reason=reason, note=note)
    if decision == "approve":
        enrol(
            person=application.person,
            programme=application.programme,
            since=since or timezone.localdate(),
            operator_reference=operator_reference,
        )
    elif decision == "refuse" and holds_support(application):
        end_enrolment(person=application.person, programme=application.programme, until=timezone.localdate())


def holds_support(application: Application) -> bool:
    """Approved once and reviewed anew: the support goes on until that review ends, and rests on no other."""
    if not application.events.filter(step="approve").exists():
        return False
    others = Application.objects.filter(person=application.person, programme=application.programme)
    return not others.filter(state=Application.State.APPROVED).exists()


def may_withdraw(application: Application) -> bool:
    """Not an approved one that is reviewed anew: who no longer wants a support tells the operator."""
    allowed = application.state in workflow.STEPS["withdraw"].before
    return allowed and not holds_support(application)


def may_review(actor: User, application: Application) -> bool:
    """Staff of the programme's operator, and nobody else: no operator on either side means no."""
    return bool(
        actor.is_active
        and actor.is_reviewer
        and actor.operator_code
        and actor.operator_code == application.programme.operator_id
    )


@transaction.atomic
def answer_more(*, application: Application, actor: User, case: Case | None, text: str) -> Application:
    """Raises ``NoteMissing`` for an empty answer, ``StepNotAllowed`` when nothing is asked (any more)."""
    note = cleaned_note(text)
    if not note:
        raise errors.NoteMissing
    return _applicant_step("answer", application, actor, case, note)


@transaction.atomic
def withdraw(*, application: Application, actor: User, case: Case | None) -> Application:
    """Withdrawn twice is withdrawn once. Raises ``StepNotAllowed`` when it was decided meanwhile, or approved
    once and reviewed anew."""
    if holds_support(application):
        raise errors.StepNotAllowed
    withdrawn = _applicant_step("withdraw", application, actor, case)
    household = household_of(withdrawn.person)
    if household:
        # No longer an applicant: the operator may have to give the person's record back.
        announce_household(household)
    return withdrawn


def close_of_the_dead(person: Person) -> None:
    """Nobody can answer or withdraw for them any more. Of somebody who lives nothing is closed."""
    if person.died_on is None:
        return
    for application in Application.objects.filter(person=person, state__in=Application.OPEN_STATES):
        held = locked(application)
        if held.state in Application.OPEN_STATES:
            take(application=held, step=workflow.STEPS["close"], actor=None, source=Source.REGISTRY)


def _applicant_step(
    name: str, application: Application, actor: User, case: Case | None, note: str = ""
) -> Application:
    # The person first here too: a death closes the application and ends the case.
    lock_person(application.person)
    hold_case(user=actor, case=case)
    application = locked(application)
    if not may_act_for(actor, case, application.person):
        raise PermissionDenied
    step = workflow.STEPS[name]
    if application.state == step.after:
        return application
    source = Source.COUNTER if case else Source.PORTAL
    take(application=application, step=step, actor=actor, source=source, note=note, case=case)
    return application

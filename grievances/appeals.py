"""Appealing a decision, and the effect of the answer on the application."""

from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from applications import appeals as applications
from applications.models import Application, ApplicationEvent
from applications.selectors import last_decision, may_act_for
from applications.workflow import DECIDED, application_workflow
from dsp_platform.accounts.assisted_sessions.services import lock_assisted_session
from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.casework.errors import Overtaken, StepRefused
from dsp_platform.database.references import new_reference, save_with_new_number
from grievances import errors
from grievances.models import Grievance
from grievances.pins import PREFIX, new_pin, pin_digest
from grievances.sending import send
from grievances.workflow import grievance_workflow
from registry.persons.conflicts import refuse_relatives
from registry.persons.households import with_household
from registry.persons.selectors import subject_for
from registry.persons.writer import lock_person
from registry.phones.selectors import contact_phone


def appeal_of(application: Application) -> Grievance | None:
    """Against its last decision."""
    return Grievance.objects.filter(application=application).exclude(decision=None).order_by("-pk").first()


def may_be_appealed(application: Application) -> bool:
    """Decided, and that decision was not appealed before; also after the last day."""
    if application.state not in DECIDED:
        return False
    decision = last_decision(application)
    return decision is not None and not Grievance.objects.filter(decision=decision).exists()


def is_late(application: Application) -> bool:
    return application.appeal_until is not None and timezone.localdate() > application.appeal_until


@transaction.atomic
def appeal_decision(
    *,
    actor: User,
    assisted_session: AssistedSession | None,
    application: Application,
    text: str,
    language: str,
    expected_version: int | None,
) -> Grievance:
    """Idempotent: the same sent again returns the existing appeal. After the last day it is marked late.

    Raises ``PermissionDenied``, ``NothingToAppeal``, ``WordsMissing``, ``Overtaken`` when other words were
    sent before or the decision is not that of ``expected_version``, ``InConflict`` for an official related to
    the applicant's household.
    """
    # Lock the person before the assisted session, as the recording of a death does: consistent lock order.
    lock_person(application.person)
    lock_assisted_session(user=actor, assisted_session=assisted_session)
    # A concurrent appeal waits here, and then finds the first one.
    application = application_workflow.lock(application)
    if not may_act_for(actor, assisted_session, application.person):
        raise PermissionDenied
    refuse_relatives(actor, assisted_session, *with_household(application.person))
    decision = last_decision(application)
    if application.state not in DECIDED or decision is None:
        raise errors.NothingToAppeal
    text = grievance_workflow.clean_note(text)
    existing = Grievance.objects.filter(decision=decision).first()
    if existing and (existing.reported_by_id, existing.text) == (actor.pk, text):
        return existing
    if existing:
        words = _(
            "This was not sent: the appeal %(reference)s was sent before. What you wrote can be added to it."
        )
        raise Overtaken(words % {"reference": existing.reference})
    if application.version != expected_version:
        raise Overtaken(
            _("A new decision came meanwhile, so nothing was sent. Read it, then send your appeal.")
        )
    if not text:
        raise errors.WordsMissing
    appeal = save_with_new_number(
        lambda: _create(actor, assisted_session, application, decision, text, language),
        "grievances_grievance_reference_key",
    )
    grievance_workflow.record_step(appeal, "report", actor=actor, assisted_session=assisted_session)
    applications.note_appeal(application=application, actor=actor, assisted_session=assisted_session)
    grievance_workflow.send_text(appeal, "appeal_received")
    return appeal


def _create(
    actor: User,
    assisted_session: AssistedSession | None,
    application: Application,
    decision: ApplicationEvent,
    text: str,
    language: str,
) -> Grievance:
    reference, submission = new_reference(PREFIX), uuid4()
    # Proved or entered by an official, as for the application's own text messages.
    phone = contact_phone(application.person)
    appeal = Grievance(
        reference=reference,
        pin_digest=pin_digest(reference, new_pin(reference, submission)),
        category=Grievance.Category.APPEAL,
        text=text,
        operator=application.programme.operator,
        application=application,
        decision=decision,
        decision_by=decision.actor,
        late=is_late(application),
        programme=application.programme,
        channel=Grievance.Channel.PORTAL if actor.is_citizen else Grievance.Channel.COUNTER,
        person=subject_for(actor, assisted_session),
        phone=phone,
        phone_confirmed_at=timezone.now() if phone else None,
        language=language,
        submission=submission,
        reported_by=actor,
    )
    send(appeal)
    appeal.save(force_insert=True)
    return appeal


def carry_out(*, grievance: Grievance, step: str, actor: User, note: str) -> None:
    """The effect of the answer on the application: it stays as decided, or goes back into review."""
    if grievance.application is None:
        return
    act = applications.uphold_decision if step == "uphold" else applications.reopen_application
    try:
        act(application=grievance.application, actor=actor, note=note)
    except StepRefused as error:
        raise errors.CannotReopen(str(error)) from error

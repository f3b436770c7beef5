"""The effect of an appeal on the application it is about. Who may, is decided among the grievances."""

from django.db import transaction
from django.utils.translation import gettext as _

from applications import errors
from applications.models import Application
from applications.selectors import open_application
from applications.workflow import Source, application_workflow
from dsp_platform.accounts.models import AssistedSession, User
from registry.persons.writer import lock_person


@transaction.atomic
def note_appeal(*, application: Application, actor: User, assisted_session: AssistedSession | None) -> None:
    """An appeal against its decision was received. Raises ``StepNotAllowed`` when nothing is decided."""
    source = Source.COUNTER if assisted_session else Source.PORTAL
    application_workflow.take_step(
        application_workflow.lock(application),
        "appeal",
        actor=actor,
        source=source,
        assisted_session=assisted_session,
    )


@transaction.atomic
def uphold_decision(*, application: Application, actor: User, note: str) -> None:
    """The decision stands; ``note`` tells the applicant why."""
    application_workflow.take_step(
        application_workflow.lock(application), "uphold", actor=actor, source=_source(actor), note=note
    )


@transaction.atomic
def reopen_application(*, application: Application, actor: User, note: str) -> None:
    """Back into review. Raises ``ApplicantDied``, or ``AppliedAgain`` where a newer one took its place."""
    lock_person(application.person)
    application = application_workflow.lock(application)
    if application.person.died_on:
        raise errors.ApplicantDied
    newer = open_application(application.person, application.programme)
    if newer is not None and newer.pk != application.pk:
        raise errors.AppliedAgain(
            _("The person has applied again: %(reference)s. Only one of the two can be open.")
            % {"reference": newer.reference}
        )
    application_workflow.take_step(application, "reopen", actor=actor, source=_source(actor), note=note)


def _source(actor: User) -> Source:
    return Source.STEWARD if actor.is_steward else Source.ADMIN

"""What an appeal does to the application it is about. Who may, is judged among the grievances."""

from django.db import transaction

from applications import errors, workflow
from applications.models import Application
from applications.selectors import open_application
from applications.steps import Source, locked, take
from dsp_platform.accounts.models import Case, User
from registry.persons.writer import lock_person


@transaction.atomic
def note_appeal(*, application: Application, actor: User, case: Case | None) -> None:
    """An appeal against its decision was received. Raises ``StepNotAllowed`` when nothing is decided."""
    source = Source.COUNTER if case else Source.PORTAL
    take(
        application=locked(application), step=workflow.STEPS["appeal"], actor=actor, source=source, case=case
    )


@transaction.atomic
def uphold_decision(*, application: Application, actor: User, note: str) -> None:
    """The decision stands; ``note`` tells the applicant why."""
    step = workflow.STEPS["uphold"]
    take(application=locked(application), step=step, actor=actor, source=_source(actor), note=note)


@transaction.atomic
def reopen_application(*, application: Application, actor: User, note: str) -> None:
    """Back into review. Raises ``ApplicantDied``, or ``AppliedAgain`` where a newer one took its place."""
    lock_person(application.person)
    application = locked(application)
    if application.person.died_on:
        raise errors.ApplicantDied
    newer = open_application(application.person, application.programme)
    if newer is not None and newer.pk != application.pk:
        raise errors.AppliedAgain(newer.reference)
    step = workflow.STEPS["reopen"]
    take(application=application, step=step, actor=actor, source=_source(actor), note=note)


def _source(actor: User) -> Source:
    return Source.STEWARD if actor.is_steward else Source.ADMIN

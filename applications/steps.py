"""Taking one step: the row locked, the event appended, everybody told."""

from datetime import date, timedelta

from django.db import models
from django.utils import timezone

from applications import workflow
from applications.errors import StepNotAllowed
from applications.models import Application, ApplicationEvent
from applications.texts import TEXTS
from dsp_platform.accounts.models import Case, User
from dsp_platform.audit import services as audit
from dsp_platform.exchange.ledger import services as exchange
from dsp_platform.notifications import services as notifications
from dsp_platform.notifications.selectors import was_written
from registry.phones.selectors import contact_phone


class Source(models.TextChoices):
    PORTAL = "portal"
    COUNTER = "counter"
    ADMIN = "admin"
    OPERATOR = "operator"
    STEWARD = "steward"
    REGISTRY = "registry"


def locked(application: Application) -> Application:
    """As it is now, held until the transaction ends."""
    rows = Application.objects.select_related("programme", "person").select_for_update(
        of=("self",), no_key=True
    )
    return rows.get(pk=application.pk)


def take(
    *,
    application: Application,
    step: workflow.Step,
    actor: User | None,
    source: Source,
    reason: str = "",
    note: str = "",
    case: Case | None = None,
) -> ApplicationEvent:
    """The caller holds the row's lock and has judged who may. Raises ``StepNotAllowed``."""
    if application.state not in step.before:
        raise StepNotAllowed
    application.state = step.after or application.state
    application.version += 1
    if step.name in workflow.DECIDING:
        application.decided_at, application.decided_by = timezone.now(), actor
        application.appeal_until = _last_day(application)
    application.save(update_fields=["state", "version", "decided_at", "decided_by", "appeal_until"])
    return tell(application, step, actor, source, reason, note, case)


def _last_day(application: Application) -> date | None:
    """Of an appeal, as the programme has it today; a later change of the programme moves no promise."""
    days = application.programme.appeal_days
    return None if days is None else timezone.localdate() + timedelta(days=days)


def tell(
    application: Application,
    step: workflow.Step,
    actor: User | None,
    source: Source,
    reason: str = "",
    note: str = "",
    case: Case | None = None,
) -> ApplicationEvent:
    """Append the event, note the act, announce the new version, write the text message."""
    event = ApplicationEvent.objects.create(
        application=application,
        step=step.name,
        state=application.state,
        actor=actor,
        source=source,
        reason=reason,
        note=note,
    )
    audit.record(
        actor=actor,
        action=step.name,
        subject_kind="application",
        subject_id=application.pk,
        reason=reason or source,
        case_id=case.pk if case else None,
    )
    exchange.announce(kind="application", subjects=[(application.pk, application.version)])
    _text(application, "application_received" if step.name == "submit" else f"application_{step.name}")
    return event


def tell_unreadable(application: Application) -> None:
    """A document could not be read after the person went on: one text message a day, however many."""
    since = timezone.now() - timedelta(days=1)
    if not was_written("application_unreadable", "application", application.pk, since):
        _text(application, "application_unreadable")


def _text(application: Application, template: str) -> None:
    phone = contact_phone(application.person)
    if template in TEXTS and phone:
        notifications.send(
            phone=phone,
            language=application.language,
            template=template,
            params={"reference": application.reference},
            subject_kind="application",
            subject_id=application.pk,
        )

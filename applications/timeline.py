"""The application's story as the applicant reads it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from applications import workflow
from applications.models import Application, ApplicationEvent
from dsp_platform.uploads.models import Upload


@dataclass(frozen=True, slots=True)
class Entry:
    title: str
    at: datetime
    text: str
    by: str


def events_of(application: Application) -> list[ApplicationEvent]:
    """Oldest first."""
    return list(application.events.select_related("actor"))


def timeline(
    application: Application, events: list[ApplicationEvent] | None = None, sent: Iterable[Upload] = ()
) -> list[Entry]:
    """Newest first. With ``sent``, the documents that came after the application stand between the steps."""
    rows = events_of(application) if events is None else events
    entries = [_entry(event, application) for event in rows]
    entries += [_document(one) for one in sent if rows and one.created_at > rows[0].at]
    return sorted(reversed(entries), key=lambda entry: entry.at, reverse=True)


def question(events: list[ApplicationEvent]) -> str:
    """What the operator asked last."""
    return next((str(event.note or "") for event in reversed(events) if event.step == "ask_more"), "")


def _document(sent: Upload) -> Entry:
    refused = sent.state == Upload.State.REFUSED
    title = _("A document could not be read") if refused else _("Document sent")
    return Entry(title, sent.created_at, sent.title, "")


def _entry(event: ApplicationEvent, application: Application) -> Entry:
    parts = (workflow.reason_words(event.reason), str(event.note or ""))
    title = str(workflow.STEPS[event.step].title)
    return Entry(title, event.at, "\n".join(filter(None, parts)), _by(event, application))


def _by(event: ApplicationEvent, application: Application) -> str:
    """Who helped at the counter is named; of the operator only the operator."""
    if event.source in ("admin", "operator"):
        return application.programme.operator.name
    if event.source == "steward":
        return _("General Secretariat of the National Social Protection Council")
    if event.source == "counter":
        return _("with the help of %(official)s") % {"official": event.actor}
    return ""


def what_next(application: Application) -> str:
    if application.person.died_on:
        return _("The person has died. Nothing more has to be done.")
    operator = {"operator": application.programme.operator}
    match application.state:
        case Application.State.SUBMITTED:
            return _("%(operator)s will look at your application.") % operator
        case Application.State.IN_REVIEW:
            return _("%(operator)s is looking at your application.") % operator
        case Application.State.MORE_ASKED:
            return _("Answer the question. Then the review goes on.")
        case Application.State.APPROVED:
            return _("%(operator)s will tell you how and when you receive the support.") % operator
        case Application.State.REFUSED:
            return _("If you think this is wrong, you can appeal. You can also apply again.")
        case _:
            return _("You can apply again at any time.")

"""What happened to an application, as the applicant reads it."""

from collections.abc import Iterable

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from applications.models import Application, ApplicationEvent
from applications.selectors import closing_step
from applications.workflow import STEPS, Source, reasons_in_words
from dsp_platform.casework.timeline import Entry, naming
from dsp_platform.casework.workflow import ANSWER, DOCUMENT, QUESTION
from dsp_platform.templatetags.site_tags import runs
from dsp_platform.uploads.models import Upload
from registry.persons.households import household_of
from registry.programmes.availability import takes_applications


def events_of(application: Application) -> list[ApplicationEvent]:
    """Oldest first."""
    return list(application.events.select_related("actor"))


def timeline(
    application: Application, events: list[ApplicationEvent] | None = None, sent: Iterable[Upload] = ()
) -> list[Entry]:
    """Newest first. With ``sent``, the documents that came after the application stand between the steps."""
    rows = events_of(application) if events is None else events
    language = get_language() or "km"
    documents, asked_at, entries = list(sent), application.submitted_at, []
    for event in rows:
        if event.step == QUESTION:
            asked_at = event.at
        if event.step == DOCUMENT and any(asked_at < one.created_at <= event.at for one in documents):
            continue  # it stands there itself
        text = "\n".join(filter(None, (*reasons_in_words(event.reason), event.words(language))))
        entries.append(Entry(str(STEPS[event.step].title), event.at, text, _by(event, application)))
    for one in documents:
        if rows and one.created_at > rows[0].at:
            refused = one.state == Upload.State.REFUSED
            title = _("A document could not be read") if refused else _("Document sent")
            entries.append(Entry(title, one.created_at, one.title))
    return sorted(reversed(entries), key=lambda entry: entry.at, reverse=True)


def conversation(application: Application, events: list[ApplicationEvent]) -> list[Entry]:
    """The questions and the answers, as they came."""
    said = (QUESTION, ANSWER, DOCUMENT)
    language = get_language() or "km"
    return [
        Entry(str(STEPS[event.step].title), event.at, event.words(language), _by(event, application))
        for event in events
        if event.step in said
    ]


def question(events: list[ApplicationEvent]) -> str:
    """What the operator asked last."""
    language = get_language() or "km"
    return next((event.words(language) for event in reversed(events) if event.step == QUESTION), "")


def _by(event: ApplicationEvent, application: Application) -> str:
    """The official who helped at the counter is named; of the operator only the operator."""
    match event.source:
        case Source.ADMIN | Source.OPERATOR:
            return runs(str(application.programme.operator))
        case Source.STEWARD:
            return _("General Secretariat of the National Social Protection Council")
        case Source.COUNTER:
            return naming(_("with the help of %(official)s"), event.actor)
        case _other:
            return ""


def what_next(application: Application, *, lacks_consent: bool = False) -> str:
    if application.person.died_on:
        return _("The person has died. Nothing more has to be done.")
    operator = {"operator": application.programme.operator}
    if lacks_consent and household_of(application.person) is None:
        words = _(
            "%(operator)s decides only with the details of a registered household, and receives none now. "
            "Your application waits until you live in a registered household that agrees. You can also "
            "withdraw it."
        )
        return words % operator
    if lacks_consent:
        words = _(
            "%(operator)s does not receive your details now, so it cannot decide. Agree that it receives "
            "them, or withdraw the application."
        )
        return words % operator
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
            appeal = _("If you think this is wrong, you can appeal.")
            return " ".join(filter(None, (appeal, apply_again(application))))
        case _:
            again = apply_again(application, consent_ended=closing_step(application) == "close_consent")
            return again or _("Nothing more has to be done.")


def apply_again(application: Application, *, consent_ended: bool = False) -> str:
    """What to tell of a new application for the same; empty where none would be taken now."""
    if not takes_applications(application.programme) or household_of(application.person) is None:
        return ""
    if consent_ended:
        return _("You can apply again. You will be asked for your consent anew.")
    return _("You can apply again.")

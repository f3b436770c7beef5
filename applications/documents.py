"""The documents of an application, and of one that is still being prepared: who may see and add them.

While somebody prepares an application its documents belong to a draft, which is only a person and a
programme; on submit they are moved to the application.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import regex
from django.urls import reverse

from applications.deciders import why_unread
from applications.models import Application
from applications.records import ApplicationKind
from applications.selectors import may_act_for, may_read, open_application
from applications.workflow import Source, application_workflow
from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.exchange.ledger.selectors import agreement_with
from dsp_platform.uploads import selectors as uploads_selectors
from dsp_platform.uploads import services as uploads
from dsp_platform.uploads.contract import Subject
from dsp_platform.uploads.models import Upload
from dsp_platform.web.request_cache import cached_per_request, remember
from registry.models import Person, Programme, ProgrammeQuestion
from registry.persons.conflicts import personal_conflict
from registry.persons.households import household_of, with_household
from registry.programmes.availability import takes_applications
from registry.programmes.questions.definition import asked_of, version_of
from registry.programmes.selectors import published

DRAFT = "application-draft"
APPLICATION = "application"
# As long as the answers of a registration left unfinished.
DRAFT_KEPT = timedelta(days=30)

_DRAFT_KEY = regex.compile(r"([1-9][0-9]{0,17})-([1-9][0-9]{0,17})")
_KEY = regex.compile(r"[1-9][0-9]{0,17}")


def draft_key(person: Person, programme: Programme) -> str:
    return f"{person.pk}-{programme.pk}"


def files_of_draft(person: Person, programme: Programme) -> set[str]:
    """The titles of what was sent with it, without what could not be read."""
    sent = uploads_selectors.uploads_of(DRAFT, draft_key(person, programme))
    return {one.title for one in sent if one.state != Upload.State.REFUSED}


def take_over(application: Application) -> None:
    """Moves the documents of the draft. Call in the transaction that submits."""
    key = draft_key(application.person, application.programme)
    uploads.move(kind=DRAFT, key=key, to_kind=APPLICATION, to_key=str(application.pk))
    if unreadable_among([application]):
        application_workflow.send_text_daily(application, "application_unreadable")


def unreadable_among(applications: Sequence[Application]) -> list[Application]:
    """Open applications with a document that must be sent again."""
    open_ones = [one for one in applications if one.state in Application.OPEN_STATES]
    keys = uploads_selectors.unreadable_among(APPLICATION, [str(one.pk) for one in open_ones])
    return [one for one in open_ones if str(one.pk) in keys]


@cached_per_request
def _draft(key: str) -> tuple[Person, Programme] | None:
    found = _DRAFT_KEY.fullmatch(key)
    if found is None:
        return None
    person = Person.objects.filter(pk=int(found[1]), merged_into=None).first()
    programme = published().filter(pk=int(found[2])).first()
    return (person, programme) if person and programme else None


@cached_per_request
def _application(key: str) -> Application | None:
    if not _KEY.fullmatch(key):
        return None
    rows = Application.objects.select_related("programme__operator", "person")
    return rows.filter(pk=int(key)).first()


def remember_application(application: Application) -> None:
    """Its page has read it, with programme, operator and person: its documents need not."""
    remember(_application, application, str(application.pk))


def acts_for(user: User, assisted_session: AssistedSession | None, person: Person) -> bool:
    """Not staff related to the person or their household."""
    if not may_act_for(user, assisted_session, person):
        return False
    return user.is_citizen or not personal_conflict(user, *with_household(person))


def _draft_may_see(user: User, assisted_session: AssistedSession | None, key: str) -> bool:
    draft = _draft(key)
    return draft is not None and acts_for(user, assisted_session, draft[0])


def _draft_may_add(user: User, assisted_session: AssistedSession | None, key: str) -> bool:
    draft = _draft(key)
    if draft is None or not acts_for(user, assisted_session, draft[0]):
        return False
    if household_of(draft[0]) is None:
        return False
    return takes_applications(draft[1]) and open_application(*draft) is None


def _may_see(user: User, assisted_session: AssistedSession | None, key: str) -> bool:
    application = _application(key)
    if application is None:
        return False
    if why_unread(user, application):
        return False
    return may_read(user, assisted_session, application.person) or reviews(user, application)


def reviews(user: User, application: Application) -> bool:
    """Staff of the programme's operator, as long as that may hold the application at all."""
    operator = application.programme.operator_id
    if not (user.is_reviewer and user.operator_code and user.operator_code == operator):
        return False
    return is_shared(application)


@cached_per_request
def is_shared(application: Application) -> bool:
    """Its operator may hold it at all."""
    agreement, pk = agreement_with(application.programme.operator_id, APPLICATION), application.pk
    return agreement is not None and pk in ApplicationKind().concerned(agreement, [pk])


def _may_add(user: User, assisted_session: AssistedSession | None, key: str) -> bool:
    application = _application(key)
    if application is None or application.state not in Application.OPEN_STATES:
        return False
    return acts_for(user, assisted_session, application.person)


def _last_step(key: str) -> datetime | None:
    """Documents sent after the last step may be removed; earlier ones the operator may have read."""
    application = _application(key)
    last = application.events.last() if application else None
    return last.at if last else None


def _refused(key: str) -> None:
    """A text message only once the application was sent: before that, the page of the draft shows it, and
    submitting with an unreadable document sends the message."""
    application = _application(key)
    if application and application.state in Application.OPEN_STATES:
        application_workflow.send_text_daily(application, "application_unreadable")


def _received(key: str, sender: User | None, assisted_session: AssistedSession | None) -> None:
    if application := _application(key):
        source = Source.COUNTER if assisted_session else Source.PORTAL
        application_workflow.receive_document(
            application, actor=sender, source=source, assisted_session=assisted_session
        )


def _draft_page(key: str) -> str:
    draft = _draft(key)
    if draft is None:
        return reverse("registry:home")
    return reverse("applications:apply_for", args=[draft[1].code, draft[0].pk])


def _page(key: str) -> str:
    application = _application(key)
    if application is None:
        return reverse("registry:home")
    return reverse("applications:application", args=[application.reference])


def _draft_programme(key: str) -> Programme | None:
    draft = _draft(key)
    return draft[1] if draft else None


def _programme(key: str) -> Programme | None:
    application = _application(key)
    return application.programme if application else None


def _titles(programme: Programme | None) -> list[str]:
    """One document for each line of the programme's text, and for each question that asks for one."""
    if programme is None:
        return []
    lines = [line.strip() for line in programme.documents.splitlines() if line.strip()]
    held = version_of(programme)
    asked = asked_of(held.questions) if held else []
    return [*lines, *(one.title for one in asked if one.kind == ProgrammeQuestion.Kind.FILE)]


def _draft_person(key: str) -> int | None:
    draft = _draft(key)
    return draft[0].pk if draft else None


def _person(key: str) -> int | None:
    application = _application(key)
    return application.person_id if application else None


SUBJECTS = (
    Subject(
        kind=DRAFT,
        may_see=_draft_may_see,
        may_add=_draft_may_add,
        page=_draft_page,
        heading=lambda key: str(_draft_programme(key) or ""),
        titles=lambda key: _titles(_draft_programme(key)),
        person=_draft_person,
        kept=DRAFT_KEPT,
    ),
    Subject(
        kind=APPLICATION,
        may_see=_may_see,
        may_add=_may_add,
        page=_page,
        heading=lambda key: str(_programme(key) or ""),
        titles=lambda key: _titles(_programme(key)),
        person=_person,
        removable_since=_last_step,
        refused=_refused,
        received=_received,
    ),
)

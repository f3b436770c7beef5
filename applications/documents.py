"""The documents of an application, and of one that is still being prepared: who may see and add them.

While somebody prepares an application its documents belong to a draft, which is only a person and a
programme; on submit they are moved to the application.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import regex
from django.urls import reverse

from applications.answers.selectors import reads_answers, tells_of
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
from registry.models import Person, Programme, ProgrammeQuestion, QuestionsVersion
from registry.persons.conflicts import personal_conflict
from registry.persons.households import household_of, with_household
from registry.persons.selectors import subject_for
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
    rows = Application.objects.select_related("programme__operator", "person", "answers__answers_to")
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


def _draft_hides(user: User, assisted_session: AssistedSession | None, upload: Upload) -> bool:
    draft = _draft(upload.subject_key)
    if draft is None:
        return True
    if upload.title not in _file_questions(version_of(draft[1])):
        return False
    reader = subject_for(user, assisted_session)
    tells = reader is not None and tells_of(reader, draft[0])
    return not (tells or _sent_by(user, assisted_session, upload))


def _hides(user: User, assisted_session: AssistedSession | None, upload: Upload) -> bool:
    """The answer to a question that asks for a file is read by whom the other answers are."""
    if not user.is_citizen and assisted_session is None:
        return False  # of the operator
    application = _application(upload.subject_key)
    if application is None:
        return True
    answers = getattr(application, "answers", None)
    if answers is None or upload.title not in _file_questions(answers.answers_to):
        return False
    if reads_answers(user, subject_for(user, assisted_session), application):
        return False
    return not _sent_by(user, assisted_session, upload)


def _sent_by(user: User, assisted_session: AssistedSession | None, upload: Upload) -> bool:
    """From the account of their own, or in a case of the same person."""
    if assisted_session is None:
        return upload.uploader_id == user.pk
    if upload.assisted_session_id is None:
        return False
    case = AssistedSession.objects.filter(pk=upload.assisted_session_id).first()
    return case is not None and case.subject_id is not None and case.subject_id == assisted_session.subject_id


def _file_questions(version: QuestionsVersion | None) -> set[str]:
    """Their titles, in both languages."""
    asked = asked_of(version.questions) if version else []
    files = (one for one in asked if one.kind == ProgrammeQuestion.Kind.FILE)
    return {title for one in files for title in (one.title_km, one.title_en)}


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
        hides=_draft_hides,
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
        hides=_hides,
        page=_page,
        heading=lambda key: str(_programme(key) or ""),
        titles=lambda key: _titles(_programme(key)),
        person=_person,
        removable_since=_last_step,
        refused=_refused,
        received=_received,
    ),
)

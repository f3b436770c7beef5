"""The papers that prove a change: photos sent by whoever asked, seen by whoever decides. Never required."""

import regex
from django.db.models import F
from django.urls import reverse

from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.uploads.contract import Subject
from dsp_platform.web.request_cache import cached_per_request, remember
from registry.changes.hearings.visibility import reads_place, why_unread
from registry.changes.kinds import KINDS
from registry.changes.selectors import may_decide
from registry.changes.workflow import change_workflow
from registry.models import ChangeRequest
from registry.persons.selectors import subject_for

CHANGE = "change"
_KEY = regex.compile(r"[1-9][0-9]{0,17}")


@cached_per_request
def _request(key: str) -> ChangeRequest | None:
    if not _KEY.fullmatch(key):
        return None
    rows = ChangeRequest.objects.select_related("asked_by", "asked_for", "person", "mover")
    return rows.filter(pk=int(key)).first()


def remember_request(request: ChangeRequest) -> None:
    """So that its page does not read it again for its files."""
    remember(_request, request, str(request.pk))


def _asked(user: User, assisted_session: AssistedSession | None, request: ChangeRequest) -> bool:
    subject = subject_for(user, assisted_session)
    own = subject is not None and subject.pk == request.asked_for_id
    return own and not why_unread(user, request, assisted_session)


def _may_see(user: User, assisted_session: AssistedSession | None, key: str) -> bool:
    request = _request(key)
    if request is None:
        return False
    if _asked(user, assisted_session, request):
        return True
    return may_decide(user, request) and not why_unread(user, request) and reads_place(user, request)


def _may_add(user: User, assisted_session: AssistedSession | None, key: str) -> bool:
    request = _request(key)
    return request is not None and request.is_open and _asked(user, assisted_session, request)


def _refused(key: str) -> None:
    request = _request(key)
    if request and request.is_open:
        change_workflow.send_text_daily(request, "change_unreadable")


def _changed(key: str) -> None:
    """Raises the version: a page shown before does not decide it, for it showed other documents."""
    request = _request(key)
    if request:
        rows = ChangeRequest.objects.filter(pk=request.pk, state__in=ChangeRequest.OPEN_STATES)
        rows.update(version=F("version") + 1)


def _received(key: str, sender: User | None, assisted_session: AssistedSession | None) -> None:
    if request := _request(key):
        change_workflow.receive_document(request, actor=sender, assisted_session=assisted_session)


def _page(key: str) -> str:
    request = _request(key)
    if request is None:
        return reverse("registry:home")
    return reverse("registry:change_request", args=[request.reference])


def _kind_of(key: str) -> tuple[str, list[str]]:
    request = _request(key)
    kind = KINDS[request.kind] if request else None
    return (str(kind.title), [str(kind.evidence)] if kind.evidence else []) if kind else ("", [])


def _person(key: str) -> int | None:
    request = _request(key)
    return (request.person_id or request.asked_for_id) if request else None


SUBJECT = Subject(
    kind=CHANGE,
    may_see=_may_see,
    may_add=_may_add,
    page=_page,
    heading=lambda key: _kind_of(key)[0],
    titles=lambda key: _kind_of(key)[1],
    person=_person,
    refused=_refused,
    changed=_changed,
    received=_received,
)

"""The files of a grievance: photos, PDF and voice recordings of whoever reported it."""

import regex
from django.urls import reverse
from django.utils.translation import gettext as _

from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.uploads.contract import Subject
from dsp_platform.web.request_cache import cached_per_request, remember
from grievances.actors import looked_at, traceable_session
from grievances.deciders import why_unread
from grievances.models import Grievance
from grievances.selectors import may_handle
from grievances.workflow import grievance_workflow

GRIEVANCE = "grievance"
MOST_PAGES = 20
_KEY = regex.compile(r"[1-9][0-9]{0,17}")


@cached_per_request
def _grievance(key: str) -> Grievance | None:
    if not _KEY.fullmatch(key):
        return None
    return Grievance.objects.select_related("person", "application__person").filter(pk=int(key)).first()


def remember_grievance(grievance: Grievance) -> None:
    """Its page has read it, with person, team and application: its files need not."""
    remember(_grievance, grievance, str(grievance.pk))


def _may_see(user: User, _assisted_session: AssistedSession | None, key: str) -> bool:
    """Whoever handles it. Its reporter sees them on pages of its own, which also a PIN opens."""
    found = _grievance(key)
    return found is not None and may_handle(user, found) and not why_unread(user, found)


def _takes(key: str) -> bool:
    """Asked anew: it may have been answered meanwhile."""
    return Grievance.objects.filter(pk=int(key), state__in=Grievance.OPEN_STATES).exists()


def _person(key: str) -> int | None:
    found = _grievance(key)
    return next((pk for _kind, pk in looked_at(found)), None) if found else None


def _received(key: str, sender: User | None, assisted_session: AssistedSession | None) -> None:
    """A file answers a question, too."""
    if found := Grievance.objects.filter(pk=int(key)).first():
        session = traceable_session(found, assisted_session)
        grievance_workflow.receive_document(found, actor=sender, assisted_session=session)


def _page(key: str) -> str:
    found = _grievance(key)
    return reverse("grievances:grievance", args=[found.reference]) if found else reverse("registry:home")


SUBJECT = Subject(
    kind=GRIEVANCE,
    may_see=_may_see,
    may_add=lambda user, assisted_session, key: False,
    takes_proved=_takes,
    page=_page,
    heading=lambda key: _("Grievance"),
    person=_person,
    most_pages=MOST_PAGES,
    recordings=True,
    received=_received,
)

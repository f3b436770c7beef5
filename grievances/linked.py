"""The application that an appeal or a report is linked to, as whoever handles that reads it: no more than the
operator of the application may hold."""

from dataclasses import dataclass

from applications.deciders import application_deciders
from applications.documents import is_shared, remember_application
from applications.dossier import Dossier, dossier
from applications.models import Application
from applications.timeline import events_of, timeline
from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.casework.timeline import Entry
from dsp_platform.web.forms import row_number
from grievances.actors import is_secret
from grievances.deciders import grievance_deciders
from grievances.models import Grievance
from grievances.selectors import queue_of


@dataclass(frozen=True, slots=True)
class Linked:
    application: Application
    dossier: Dossier
    events: list[Entry]

    @property
    def seen(self) -> list[tuple[str, int]]:
        """Kind and id of every subject shown, for the access log."""
        return [("application", self.application.pk), *self.dossier.shown]


def linked(user: User, grievance: Grievance) -> Linked | None:
    """None where there is no application, or this reader may not read it. The caller has checked that they
    handle the grievance."""
    application = grievance.application
    if application is None or not reads_linked(user, grievance):
        return None
    remember_application(application)
    return Linked(
        application=application,
        dossier=dossier(application),
        events=timeline(application, events_of(application)),
    )


def reads_linked(user: User, grievance: Grievance) -> bool:
    """Staff of its operator, and stewards as long as they are to answer. Nobody by what is secret: the look
    stands in the access log of the applicant's household, which the report may be about."""
    application = grievance.application
    if application is None or is_secret(grievance):
        return False
    is_reader = opens_application(user, application) or (user.is_steward and grievance.is_open)
    return is_reader and not application_deciders.why_unread(user, application)


def opens_application(user: User, application: Application) -> bool:
    """Whether its own page, in the queue of its operator, opens to them."""
    return application_deciders.in_scope(user, application)


def reads_documents(user: User, _assisted_session: AssistedSession | None, key: str) -> bool:
    """Of an application: whoever reads it on the page of what is linked to it."""
    number = row_number(key)
    if number is None or not user.is_steward:
        return False  # its operator's staff see them anyway
    rows = queue_of(user).select_related("person", "application__programme", "application__person")
    return any(
        one.application is not None
        and reads_linked(user, one)
        and not grievance_deciders.why_unread(user, one)
        and is_shared(one.application)
        for one in rows.filter(application=number, state__in=Grievance.OPEN_STATES)
    )

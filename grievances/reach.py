"""Whom news of a grievance reaches, and what follows for a question, as whoever handles it reads it."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from dsp_platform.working_days.calendar import working_days
from grievances.models import Grievance
from grievances.secrecy import Secrecy
from grievances.timeline import events_of
from grievances.workflow import grievance_workflow


def how_it_is_read(grievance: Grievance) -> str:
    if grievance_workflow.phones_of(grievance):
        return _("gets a text message with the news")
    if _has_page(grievance):
        return _("gets no messages: reads it in their account, or with reference and PIN")
    return _("gets no messages: reads it with reference and PIN only")


def what_asking_does(grievance: Grievance) -> list[str]:
    """To the deadlines, and whether the person is told of the question."""
    timetable = grievance_workflow.timetable(grievance)
    until = timetable.asked_until(events_of(grievance), working_days(), timezone.now())
    if until is None:
        said = [_("the deadlines run on")]
    else:
        day = date_format(localtime(until), "SHORT_DATE_FORMAT")
        said = [_("the deadlines are paused until %(day)s") % {"day": day}]
    if grievance_workflow.phones_of(grievance):
        return said
    return [*said, _("nobody is told: the person reads it only on coming back by themself")]


def _has_page(grievance: Grievance) -> bool:
    is_callers = grievance.channel in Grievance.TYPED_BY_OFFICIALS
    return grievance.person is not None and not is_callers and grievance.told_in_secret != Secrecy.PIN

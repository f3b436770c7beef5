"""What happened to a grievance, as the reporter reads it."""

from collections.abc import Iterator

from django.db.models import Prefetch, prefetch_related_objects
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from applications.workflow import Source
from dsp_platform.casework.timeline import Entry
from dsp_platform.casework.workflow import QUESTION
from dsp_platform.templatetags.site_tags import runs
from grievances import workflow
from grievances.models import Grievance, GrievanceEvent
from grievances.workflow import grievance_workflow, may_reopen, reopened_until


def timeline(grievance: Grievance) -> list[Entry]:
    """Newest first. Staff who answer are not named: the operator or the council answers, not a person."""
    entries = []
    for event in _told(grievance):
        title = str(workflow.STEPS[event.step].title)
        # An official who wrote at the counter is named: these are not the reporter's own words.
        if event.step in workflow.SAYS_MORE and event.actor is not None and not event.actor.is_citizen:
            title = _("Added by the official %(name)s") % {"name": event.actor}
        entries.append(Entry(title, event.at, event.note or rating_in_words(event)))
    return entries


def staff_timeline(grievance: Grievance) -> list[Entry]:
    """Newest first. Unlike the reporter, staff read which colleague it was."""
    return [
        Entry(
            str(workflow.STEPS[one.step].title),
            one.at,
            one.note or rating_in_words(one),
            _taken_by(one),
        )
        for one in _told(grievance)
    ]


def events_of(grievance: Grievance) -> list[GrievanceEvent]:
    """With their actors, read once for a page."""
    prefetch_related_objects(
        [grievance], Prefetch("events", queryset=GrievanceEvent.objects.select_related("actor"))
    )
    return list(grievance.events.all())


def _told(grievance: Grievance) -> Iterator[GrievanceEvent]:
    """Newest first. Of what was said of one answer the last: buttons may be pressed one after another."""
    later = ""
    for event in sorted(events_of(grievance), key=lambda one: (one.at, one.pk), reverse=True):
        if not later == event.step == "rate":
            yield event
        later = event.step


def _taken_by(event: GrievanceEvent) -> str:
    if event.source == Source.OPERATOR:
        return grievance_workflow.taken_by(event)
    return runs(event.actor.staff_name) if event.actor and not event.actor.is_citizen else ""


def rating_in_words(event: GrievanceEvent) -> str:
    return str(Grievance.Satisfaction(event.reason).label) if event.step == "rate" else ""


def question(grievance: Grievance) -> str:
    """What waits for the reporter's answer; "" for nothing."""
    if grievance.state != Grievance.State.MORE_ASKED:
        return ""
    asked = grievance.events.filter(step=QUESTION).last()
    return (asked and asked.note) or ""


def answer(grievance: Grievance) -> str:
    """Its last one in words, which stand above the question whether it is solved."""
    given = [one for one in events_of(grievance) if one.step in workflow.ANSWERS]
    return (given and max(given, key=lambda one: one.pk).note) or ""


def what_next(grievance: Grievance) -> str:
    match grievance.state:
        case Grievance.State.UPHELD:
            return _("The decision stands. If something was not done properly, you can report a grievance.")
        case Grievance.State.OVERTURNED:
            return _("Your application is reviewed anew, by somebody else than the first time.")
        case _ if grievance.decision_id:
            return _("Somebody who did not take the decision looks at it again. The answer will stand here.")
        case Grievance.State.REPORTED:
            return _("Your report will be read and looked into.")
        case Grievance.State.IN_REVIEW:
            return _("It is being looked into. The answer will stand on this page.")
        case Grievance.State.MORE_ASKED:
            return _("Answer the question. Then it is looked into further.")
        case _ if not may_reopen(grievance):
            return _("This answer is final. If something new happens, report it.")
        case _:
            return _(
                "Is it not solved? Tell us until %(day)s: "
                "it will be looked into once more, at a higher level."
            ) % {"day": last_day(grievance)}


def last_day(grievance: Grievance) -> str:
    """On which an answer may be called no solution."""
    until = reopened_until(grievance)
    return date_format(localtime(until), "SHORT_DATE_FORMAT") if until else ""

"""What other pages show of grievances, without importing their views."""

from collections.abc import Sequence

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.models import Application
from applications.who_may import left_to_nobody
from dsp_platform.accounts.models import User
from dsp_platform.casework.assignment import free_for
from dsp_platform.casework.deadlines.reminders import due_soon
from dsp_platform.database.counts import counts_up_to, in_words
from grievances import appeals, selectors
from grievances.access import teams_of
from grievances.deciders import grievance_deciders
from grievances.desk.selectors import open_at_desk
from grievances.models import Grievance
from grievances.routing.alarms import named_for_sensitive, taken_by_no_team
from grievances.routing.members import teams_without_members
from registry.home.to_do import ToDo
from registry.models import Person
from registry.persons.conflicts import listed_for
from registry.persons.households import with_household

register = template.Library()


COUNTED = 100
ALARMS_SHOWN = 5


@register.inclusion_tag("grievances/desk/link.html")
def grievances_at_desk(official: User) -> dict[str, object]:
    """The link to the queue of the official's teams, and how many are open in it and late, and due soon
    of those that no colleague has."""
    if not teams_of(official):
        return {"is_member": False}
    waiting = open_at_desk(official)
    soon = due_soon(free_for(waiting, official, grievance_deciders))
    parts = [waiting, waiting.filter(due_at__lt=timezone.now()), soon]
    count, late, near = counts_up_to(COUNTED, parts)
    return {
        "is_member": True,
        "count": in_words(count, COUNTED) if count else "",
        "late": in_words(late, COUNTED) if late else "",
        "soon": in_words(near, COUNTED) if near else "",
    }


@register.inclusion_tag("admin/grievances/alarms.html", takes_context=True)
def routing_alarms(context: Context) -> dict[str, object]:
    """On the home of stewards, the first of each kind."""
    user = context["request"].user
    if not (isinstance(user, User) and user.is_steward):
        return {}
    fallen, deserted = taken_by_no_team(), teams_without_members()
    counts = counts_up_to(COUNTED, [fallen, deserted, named_for_sensitive()])
    return {
        "fallen": list(fallen[:ALARMS_SHOWN]) if counts[0] else [],
        "fallen_count": in_words(counts[0], COUNTED),
        "deserted": list(deserted[:ALARMS_SHOWN]) if counts[1] else [],
        "deserted_count": in_words(counts[1], COUNTED),
        "nobody_named": not counts[2],
    }


@register.inclusion_tag("admin/applications/left_to_nobody.html", takes_context=True)
def applications_left_to_nobody(context: Context) -> dict[str, object]:
    """On the home of stewards, with the appeal, and on that of the operator's supervisors."""
    user = context["request"].user
    if not isinstance(user, User) or not (user.is_steward or (user.is_supervisor and user.operator_code)):
        return {}
    found = left_to_nobody("" if user.is_steward else user.operator_code)
    return {
        "rows": _with_links(user, found[:ALARMS_SHOWN]),
        "count": in_words(len(found), COUNTED),
        "reader": user,
    }


def _with_links(user: User, rows: Sequence[Application]) -> list[tuple[Application, str]]:
    """Stewards open no application, only the appeal against it."""
    if not user.is_steward:
        return [(one, reverse("admin:applications_application_change", args=[one.pk])) for one in rows]
    appealed = Grievance.objects.filter(application__in=rows).exclude(decision=None).order_by("pk")
    appeal = dict(appealed.values_list("application", "pk"))
    page = "admin:grievances_grievance_change"
    return [(one, reverse(page, args=[appeal[one.pk]]) if one.pk in appeal else "") for one in rows]


@register.simple_tag(takes_context=True)
def grievances_by(context: Context, person: Person) -> list[Grievance]:
    """For pages that show them in several places, to query once."""
    reader = context["request"].user
    found = list(selectors.grievances_of(person, reader if reader.is_authenticated else None))
    return listed_for(context.get("assisted_session"), with_household(person), found, "reported_by")


@register.simple_tag
def grievances_to_do(grievances: Sequence[Grievance]) -> list[ToDo]:
    """Questions that wait for the reporter's answer."""
    return [
        ToDo(
            _("Answer the question about your report"),
            reverse("grievances:grievance", args=[one.reference]),
            one.get_category_display(),
        )
        for one in grievances
        if one.state == Grievance.State.MORE_ASKED
    ]


@register.inclusion_tag("grievances/list.html")
def grievance_list(grievances: Sequence[Grievance]) -> dict[str, object]:
    return {"grievances": grievances}


@register.inclusion_tag("grievances/appeal_of.html")
def appeal_of(application: Application) -> dict[str, object]:
    """The link to appeal a decision, or the state of the appeal."""
    return {
        "application": application,
        "appeal": appeals.appeal_of(application),
        "may_appeal": appeals.may_be_appealed(application),
        "late": appeals.is_late(application),
    }


@register.filter
def grievance_class(grievance: Grievance) -> str:
    return {"resolved": "good", "dismissed": "care", "overturned": "good"}.get(grievance.state, "")

"""What other pages show of grievances, without importing their views."""

from collections.abc import Sequence

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils.translation import gettext as _

from applications.models import Application
from grievances import appeals, selectors
from grievances.models import Grievance
from registry.home.to_do import ToDo
from registry.models import Person
from registry.persons.conflicts import listed_for
from registry.persons.households import with_household

register = template.Library()


@register.inclusion_tag("grievances/list.html")
def grievances_of(person: Person | None) -> dict[str, object]:
    """What the person reported by name; sensitive ones need reference and PIN."""
    return {"grievances": selectors.grievances_of(person) if person else []}


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

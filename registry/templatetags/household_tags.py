from django import template
from django.template import Context
from django.urls import reverse
from django.utils.translation import gettext as _

from dsp_platform.accounts.models import User
from dsp_platform.templatetags.site_tags import reference
from registry.changes.apply.common import open_members
from registry.changes.hearings.selectors import concerning, hearing_of
from registry.changes.hidden import log_change_access
from registry.changes.kinds import Kind
from registry.changes.selectors import is_objected_itself, objected_before
from registry.changes.workflow import OBJECT
from registry.home.to_do import ToDo
from registry.models import ChangeRequest, Person
from registry.persons import selectors

register = template.Library()
# Kinds by which a person may leave a household; its head is notified when it is done.
GOES = ("joins", "leaves", "marriage")


@register.inclusion_tag("registry/changes/hearings/household_warnings.html", takes_context=True)
def household_warnings(context: Context) -> dict[str, object]:
    """For a citizen: requested changes of their household that concern them."""
    user = context.get("user")
    person = selectors.subject_of(user, None) if isinstance(user, User) and user.is_citizen else None
    asked = concerning(person) if person else []
    return {"requests": [one.request for one in asked if not one.said]}


@register.simple_tag(takes_context=True)
def household_to_answer(context: Context, person: Person) -> list[ToDo]:
    """The same in the list of tasks, with those they agreed to and may still object to. Not in an assisted
    session: the answer must be their own."""
    asked = [] if context.get("assisted_session") else concerning(person)
    agreed = _(
        "You agreed to a change of your household. Until it is decided you can still say that it is not right"
    )
    new = _("A change of your household is asked for: look at it, and say if it is not right")
    return [
        ToDo(
            text=agreed if said else new,
            url=reverse("registry:my_household_change", args=[request.reference]),
            about=reference(request.reference),
            urgent=not said,
        )
        for request, said in asked
        if said != OBJECT
    ]


@register.inclusion_tag("registry/changes/hearings/household_heard.html")
def household_heard(change: ChangeRequest) -> dict[str, object]:
    """For the decider: who is still to be heard, and whether somebody objects."""
    if not change.is_open:
        return {}
    return {
        "objected": is_objected_itself(change),
        "before": objected_before(change),
        "hearing": hearing_of(change),
    }


@register.inclusion_tag("registry/changes/change_whose.html", takes_context=True)
def change_whose(context: Context, change: ChangeRequest) -> dict[str, object]:
    """For the decider: who asked, and the members of the household; an access is logged for each of them.
    Members are not shown once it is decided."""
    members = open_members(change.household) if change.is_open else []
    shown = {change.asked_for_id, *(one.person_id for one in members)}
    recorded = {change.person_id or change.asked_for_id}  # by the view
    for person in sorted(shown - recorded):
        log_change_access(context["request"], change, person)
    return {"change": change, "members": members}


@register.inclusion_tag("registry/changes/hearings/concerned_told.html", takes_context=True)
def concerned_told(context: Context, kind: Kind) -> dict[str, object]:
    """For the person who is about to ask: others are notified. Who fears them must know that before."""
    return {
        "told": kind.concerns is not None,
        "goes": kind.code in GOES,
        "waits": not kind.at_once,
        "assisted_session": context.get("assisted_session"),
    }

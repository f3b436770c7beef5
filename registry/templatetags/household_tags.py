from django import template
from django.template import Context

from dsp_platform.accounts.models import User
from registry.changes.apply.common import open_members
from registry.changes.hearings.selectors import concerning, hearing_of
from registry.changes.hidden import note_change_look
from registry.changes.kinds import Kind
from registry.changes.selectors import is_objected_itself, objected_before
from registry.changes.workflow import OBJECT
from registry.models import ChangeRequest, Person
from registry.persons import selectors

register = template.Library()
# By these somebody may leave a household, whose head is told when it is done (services.changes).
GOES = ("joins", "leaves", "marriage")


@register.inclusion_tag("registry/changes/hearings/household_warnings.html", takes_context=True)
def household_warnings(context: Context) -> dict[str, object]:
    """To a citizen: somebody asks for a change of their household that touches them."""
    user = context.get("user")
    person = selectors.subject_of(user, None) if isinstance(user, User) and user.is_citizen else None
    asked = concerning(person) if person else []
    return {"asked": [one for one in asked if not one.said], "as_items": False}


@register.inclusion_tag("registry/changes/hearings/household_warnings.html", takes_context=True)
def household_to_answer(context: Context, person: Person) -> dict[str, object]:
    """The same among what the person has to do, and what they agreed to and may still object to; not in a
    case, for the answer is their own."""
    asked = [] if context.get("case") else concerning(person)
    return {"asked": [one for one in asked if one.said != OBJECT], "as_items": True}


@register.inclusion_tag("registry/changes/hearings/household_heard.html")
def household_heard(change: ChangeRequest) -> dict[str, object]:
    """To who decides: who is still to be heard, and that somebody does not agree."""
    if not change.is_open:
        return {}
    return {
        "objected": is_objected_itself(change),
        "before": objected_before(change),
        "hearing": hearing_of(change),
    }


@register.inclusion_tag("registry/changes/change_whose.html", takes_context=True)
def change_whose(context: Context, change: ChangeRequest) -> dict[str, object]:
    """To who decides: who asked, and whose household it is; each of them can read that they were looked at.
    What is decided needs its members no more."""
    members = open_members(change.household) if change.is_open else []
    shown = {change.asked_for_id, *(one.person_id for one in members)}
    noted = {change.person_id or change.asked_for_id}  # by the view
    for person in sorted(shown - noted):
        note_change_look(context["request"], change, person)
    return {"change": change, "members": members}


@register.inclusion_tag("registry/changes/hearings/concerned_told.html", takes_context=True)
def concerned_told(context: Context, kind: Kind) -> dict[str, object]:
    """To whoever is about to ask: others are told of it. Who is afraid of them must know that before."""
    return {
        "told": kind.concerns is not None,
        "goes": kind.code in GOES,
        "waits": not kind.at_once,
        "case": context.get("case"),
    }

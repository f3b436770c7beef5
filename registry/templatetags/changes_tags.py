"""Changes of a household on pages: what its members are asked and told, and what the decider is shown."""

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.templatetags.site_tags import reference
from registry.changes.apply.newcomer import entered_spid
from registry.changes.hearings.selectors import concerning, hearing_of, is_told_at_office, names_in
from registry.changes.hearings.visibility import documents_to_show, moves_shown
from registry.changes.kinds import KINDS, Kind
from registry.changes.moves.movers import may_bring_registered
from registry.changes.selectors import (
    MOVER,
    OLD_COMMUNE,
    is_objected_itself,
    may_need_confirmation,
    moves_of,
    objected_before,
    sees_mover,
    waits_for,
)
from registry.changes.workflow import OBJECT
from registry.home.to_do import ToDo
from registry.models import ChangeRequest, Person
from registry.persons.selectors import subject_for

register = template.Library()
WAITS = {
    MOVER: gettext_lazy("waits for the person who moves"),
    OLD_COMMUNE: gettext_lazy("waits for the old commune"),
}


@register.filter
def told_at_office(change: ChangeRequest) -> bool:
    return is_told_at_office(change)


@register.simple_tag
def told_by(change: ChangeRequest) -> str:
    """Who told a death at the office, as the official wrote it down."""
    if change.assisted_session_id is None:
        return ""
    session = AssistedSession.objects.filter(pk=change.assisted_session_id).first()
    return (session.told_by or "") if session else ""


@register.simple_tag(takes_context=True)
def changes_to_do(context: Context, person: Person) -> list[ToDo]:
    """Changes that this person requested and that still need a document from them."""
    return [
        ToDo(
            text=_("Show a document for the change you told"),
            url=reverse("registry:change_request", args=[one.reference]),
            about=str(KINDS[one.kind].title),
        )
        for one in documents_to_show(person, context.get("assisted_session"))
    ]


@register.inclusion_tag("registry/changes/moves/move_warnings.html", takes_context=True)
def move_warnings(context: Context) -> dict[str, object]:
    """For a citizen, on pages that show nothing else of their household: requests to move them to another."""
    user = context.get("user")
    person = subject_for(user, None) if isinstance(user, User) and user.is_citizen else None
    return {"moves": moves_of(person) if person else []}


@register.simple_tag(takes_context=True)
def moves_to_answer(context: Context, person: Person) -> list[ToDo]:
    """Requests that would move the person to another household, which they agree to or refuse."""
    page = "registry:counter_move" if context.get("assisted_session") else "registry:my_move"
    answered = _("A confirmed move waits for the commune")
    new = _("Somebody asks that you change household")
    return [
        ToDo(
            text=answered if one.confirmation else new,
            url=reverse(page, args=[one.reference]),
            about=reference(one.reference),
            urgent=not one.confirmation,
        )
        for one in moves_shown(person, context.get("assisted_session"))
    ]


@register.filter
def needs_confirmation(change: ChangeRequest) -> bool:
    return may_need_confirmation(change)


@register.simple_tag(takes_context=True)
def waits(context: Context, change: ChangeRequest) -> str:
    """Whose agreement a request waits for. Only the old commune learns whether an SPID exists: for others the
    request waits for the mover whether there is one or not."""
    user = context.get("user")
    if isinstance(user, User) and not user.is_citizen and sees_mover(user, change):
        return str(WAITS.get(waits_for(change), ""))
    asked = (
        bool(entered_spid(change.answers)) if may_bring_registered(change) else change.mover_id is not None
    )
    return str(WAITS[MOVER]) if asked and change.is_open and not change.confirmation else ""


@register.inclusion_tag("registry/changes/hearings/household_warnings.html", takes_context=True)
def household_warnings(context: Context) -> dict[str, object]:
    """For a citizen: requested changes of their household that concern them."""
    user = context.get("user")
    person = subject_for(user, None) if isinstance(user, User) and user.is_citizen else None
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
    hearing, names = hearing_of(change), names_in(change)
    return {
        "objected": is_objected_itself(change),
        "before": objected_before(change),
        "until": hearing.until,
        "unestablished": [names.get(one.spid, one.name) for one in hearing.unestablished],
        "to_ask": [names.get(one.spid, one.name) for one in hearing.to_ask],
    }


@register.inclusion_tag("registry/changes/hearings/who_is_informed.html", takes_context=True)
def who_is_informed(context: Context, kind: Kind) -> dict[str, object]:
    """For the person who is about to ask: others are notified. Who fears them must know that before."""
    return {
        # The household of who asks may have nobody else.
        "concerns_others": kind.concerns is not None and not context.get("alone"),
        "goes": kind.may_leave,
        "waits": not kind.at_once,
        "assisted_session": context.get("assisted_session"),
    }

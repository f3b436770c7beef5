"""Parts of pages about the registry, which the views of the pages need not prepare."""

from typing import cast

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils.formats import date_format, localize
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.audit import selectors as audit
from dsp_platform.audit.actions import access_reason
from dsp_platform.exchange.ledger.selectors import entries_of
from dsp_platform.exchange.models import LedgerEntry
from dsp_platform.khmer.money import format_riel
from dsp_platform.templatetags.site_tags import reference
from registry.areas.labels import area_path
from registry.changes.apply.newcomer import entered_spid
from registry.changes.context import Answers
from registry.changes.hearings.visibility import documents_to_show, moves_shown, why_unlisted
from registry.changes.kinds import KINDS
from registry.changes.moves.movers import may_bring_registered
from registry.changes.selectors import (
    MOVER,
    OLD_COMMUNE,
    may_need_confirmation,
    moves_of,
    sees_mover,
    waits_for,
)
from registry.home.to_do import ToDo
from registry.models import Benefit, ChangeRequest, Household, Membership, Person, Programme
from registry.persons.households import household_of
from registry.persons.selectors import subject_of
from registry.phones.replacements.selectors import relation_of, replacements_of_citizen, waiting_for
from registry.programmes.selectors import amounts_of

register = template.Library()
WAITS = {
    MOVER: gettext_lazy("waits for the person who moves"),
    OLD_COMMUNE: gettext_lazy("waits for the old commune"),
}
ACCESSES_READ, ACCESSES_SHOWN = 200, 20


@register.inclusion_tag("components/banner.html", takes_context=True)
def assisted_session_banner(context: Context) -> dict[str, object]:
    """For whom the official acts; empty without an open session."""
    assisted_session = context.get("assisted_session")
    if assisted_session is None:
        return {"assisted_session": None}
    person = subject_of(assisted_session.official, assisted_session)
    # A page of the counter may be about another person than the open session.
    about = context.get("about")
    named = about if isinstance(about, set) else {about}
    elsewhere = "about" in context and (person is None or person.pk not in named)
    of_page = {name: context.get(name) for name in ("csrf_token", "request")}  # for its form
    return {"assisted_session": assisted_session, "person": person, "elsewhere": elsewhere, **of_page}


@register.inclusion_tag("registry/my_data/holders.html")
def holders(person: Person) -> dict[str, object]:
    """Which operators hold data of the person or the household, or will receive them."""
    household = household_of(person)
    entries: dict[str, LedgerEntry] = {}
    if household is not None:
        entries |= {entry.operator_id: entry for entry in entries_of("household", household.pk)}
    entries |= {entry.operator_id: entry for entry in entries_of("person", person.pk)}
    return {"entries": list(entries.values())}


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


@register.inclusion_tag("registry/phones/replacements/phone_warnings.html", takes_context=True)
def phone_warnings(context: Context) -> dict[str, object]:
    """For a citizen: a requested replacement of their phone, and how it ended."""
    user, person = context.get("user"), context.get("person")
    if not isinstance(user, User):
        return {}
    near, assisted_session = replacements_of_citizen(user), context.get("assisted_session")
    waits = None
    if (
        isinstance(assisted_session, AssistedSession)
        and isinstance(person, Person)
        and not why_unlisted(assisted_session, person)
    ):
        waits = waiting_for(person)
    return {
        "replacements": [(one, relation_of(user, one)) for one in near.warn],
        "replaced": near.replaced,
        # For an official who is not related to the person of the session.
        "waits": waits,
        "contact_phone": context.get("contact_phone"),
    }


@register.inclusion_tag("registry/changes/moves/move_warnings.html", takes_context=True)
def move_warnings(context: Context) -> dict[str, object]:
    """For a citizen, on pages that show nothing else of their household: requests to move them to another."""
    user = context.get("user")
    person = subject_of(user, None) if isinstance(user, User) and user.is_citizen else None
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
        bool(entered_spid(cast(Answers, change.answers)))
        if may_bring_registered(change)
        else change.mover_id is not None
    )
    return str(WAITS[MOVER]) if asked and change.is_open and not change.confirmation else ""


@register.inclusion_tag("registry/my_data/accesses.html")
def access_log(person: Person) -> dict[str, object]:
    """Who looked, when and why, newest first."""
    events = list(audit.access_log("person", person.pk)[:ACCESSES_READ])
    # One row for each assisted session: an official opens many pages for one purpose.
    visits = {event.assisted_session_id or event.pk: event for event in reversed(events)}
    accesses = [
        {"at": event.at, "who": str(event.actor or ""), "reason": access_reason(event)}
        for event in sorted(visits.values(), key=lambda event: event.at, reverse=True)
    ]
    return {"accesses": accesses[:ACCESSES_SHOWN]}


@register.inclusion_tag("registry/programmes/amounts.html")
def amounts(programme: Programme) -> dict[str, object]:
    """What the programme gives and costs: current, announced and past amounts."""
    return {"programme": programme, "amounts": amounts_of(programme)}


@register.filter
def worth(benefit: Benefit) -> str:
    """The amount in riel, or a percentage without trailing zeros."""
    if benefit.percent is None:
        return format_riel(benefit.amount or 0)
    return f"{localize(benefit.percent.normalize() + 0)}%"


@register.filter
def since(benefit: Benefit) -> str:
    """From when the amount is valid, as exactly as that is known."""
    day = date_format(benefit.valid_from, "SHORT_DATE_FORMAT")
    month = date_format(benefit.valid_from, "F Y")
    if benefit.precision == Benefit.Precision.UNKNOWN:
        return _("as known on %(date)s") % {"date": day}
    if benefit.precision == Benefit.Precision.ABOUT:
        return _("from about %(month)s") % {"month": month}
    if benefit.precision == Benefit.Precision.MONTH:
        return _("since %(month)s") % {"month": month}
    return _("since %(date)s") % {"date": day}


@register.filter
def lines(text: str) -> list[str]:
    """The lines that are not empty."""
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


@register.filter
def riel(amount: int) -> str:
    return format_riel(amount)


@register.filter
def place(household: Household) -> str:
    """Village, commune, district, province of the household."""
    return area_path(household.village)


@register.filter
def relationship(value: str) -> str:
    """The label of a relationship in a draft; empty while it is not answered."""
    return str(Membership.Relationship(value).label) if value else ""

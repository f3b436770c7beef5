"""What pages show of the registry, without their views having to know it."""

from typing import cast

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils.formats import date_format, localize
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.accounts.models import Case, User
from dsp_platform.audit import selectors as audit
from dsp_platform.audit.actions import look_reason
from dsp_platform.exchange.ledger.selectors import entries_of
from dsp_platform.exchange.models import LedgerEntry
from dsp_platform.khmer.money import format_riel
from registry.areas.labels import area_path
from registry.changes.apply.newcomer import spid_told
from registry.changes.context import Answers
from registry.changes.hearings.reading import documents_to_show, moves_shown, why_unlisted
from registry.changes.kinds import KINDS
from registry.changes.moves.movers import comes_in
from registry.changes.selectors import MOVER, OLD_COMMUNE, may_need_yes, moves_of, sees_mover, waits_for
from registry.models import Benefit, ChangeRequest, Household, Membership, Person, Programme
from registry.persons.households import household_of
from registry.persons.selectors import subject_of
from registry.phones.replacements.selectors import near_to, standing, waiting_for
from registry.programmes.selectors import amounts_of

register = template.Library()
WAITS = {
    MOVER: gettext_lazy("waits for the person who moves"),
    OLD_COMMUNE: gettext_lazy("waits for the old commune"),
}
LOOKS_READ, LOOKS_SHOWN = 200, 20


@register.inclusion_tag("components/banner.html", takes_context=True)
def case_banner(context: Context) -> dict[str, object]:
    """For whom the official acts; nothing when no case is open."""
    case = context.get("case")
    if case is None:
        return {"case": None}
    person = subject_of(case.official, case)
    # A page of the counter's own work says whom it is about, who may be another than the case's.
    about = context.get("about")
    named = about if isinstance(about, set) else {about}
    elsewhere = "about" in context and (person is None or person.pk not in named)
    of_page = {name: context.get(name) for name in ("csrf_token", "request")}  # for its form
    return {"case": case, "person": person, "elsewhere": elsewhere, **of_page}


@register.inclusion_tag("registry/my_data/holders.html")
def holders(person: Person) -> dict[str, object]:
    """Which operators hold data of the person or the household, or will receive them."""
    household = household_of(person)
    entries: dict[str, LedgerEntry] = {}
    if household is not None:
        entries |= {entry.operator_id: entry for entry in entries_of("household", household.pk)}
    entries |= {entry.operator_id: entry for entry in entries_of("person", person.pk)}
    return {"entries": list(entries.values())}


@register.inclusion_tag("registry/changes/changes_to_do.html", takes_context=True)
def changes_to_do(context: Context, person: Person) -> dict[str, object]:
    """The changes this person asked for that wait for a document of theirs."""
    found = documents_to_show(person, context.get("case"))
    return {"requests": [(one, KINDS[one.kind]) for one in found]}


@register.inclusion_tag("registry/phones/replacements/phone_warnings.html", takes_context=True)
def phone_warnings(context: Context) -> dict[str, object]:
    """To a citizen: another phone is asked for in place of theirs, was put there, or was not."""
    user, person = context.get("user"), context.get("person")
    if not isinstance(user, User):
        return {}
    near, case = near_to(user), context.get("case")
    waits = None
    if isinstance(case, Case) and isinstance(person, Person) and not why_unlisted(case, person):
        waits = waiting_for(person)
    return {
        "replacements": [(one, standing(user, one)) for one in near.warn],
        "replaced": near.replaced,
        # To an official who is not near, of whoever their case is about.
        "waits": waits,
        "contact_phone": context.get("contact_phone"),
    }


@register.inclusion_tag("registry/changes/moves/move_warnings.html", takes_context=True)
def move_warnings(context: Context) -> dict[str, object]:
    """To a citizen, where nothing else is said of their household: somebody asks that they change it."""
    user = context.get("user")
    person = subject_of(user, None) if isinstance(user, User) and user.is_citizen else None
    return {"moves": moves_of(person) if person else []}


@register.inclusion_tag("registry/changes/moves/moves_to_answer.html", takes_context=True)
def moves_to_answer(context: Context, person: Person) -> dict[str, object]:
    """Requests that would move the person to another household, for their yes or no."""
    page = "registry:counter_move" if context.get("case") else "registry:my_move"
    found = moves_shown(person, context.get("case"))
    return {"moves": [(one, reverse(page, args=[one.reference])) for one in found]}


@register.filter
def needs_yes(change: ChangeRequest) -> bool:
    return may_need_yes(change)


@register.simple_tag(takes_context=True)
def waits(context: Context, change: ChangeRequest) -> str:
    """For whose yes a request waits. Whether an SPID fits anybody is told to the old commune alone: to
    others it waits for the mover whether there is one or not."""
    user = context.get("user")
    if isinstance(user, User) and not user.is_citizen and sees_mover(user, change):
        return str(WAITS.get(waits_for(change), ""))
    asked = (
        bool(spid_told(cast(Answers, change.answers))) if comes_in(change) else change.mover_id is not None
    )
    return str(WAITS[MOVER]) if asked and change.is_open and not change.yes else ""


@register.inclusion_tag("registry/my_data/looks.html")
def looks_at(person: Person) -> dict[str, object]:
    """Who looked, when and why, newest first."""
    events = list(audit.looks_at("person", person.pk)[:LOOKS_READ])
    # One line a case: an official turns many pages for one purpose.
    visits = {event.case_id or event.pk: event for event in reversed(events)}
    looks = [
        {"at": event.at, "who": str(event.actor or ""), "reason": look_reason(event)}
        for event in sorted(visits.values(), key=lambda event: event.at, reverse=True)
    ]
    return {"looks": looks[:LOOKS_SHOWN]}


@register.inclusion_tag("registry/programmes/amounts.html")
def amounts(programme: Programme) -> dict[str, object]:
    """What the programme gives and costs, what is announced and what was before."""
    return {"programme": programme, "amounts": amounts_of(programme)}


@register.filter
def worth(benefit: Benefit) -> str:
    """The amount as one reads it: riel, or a percentage without idle zeros."""
    if benefit.percent is None:
        return format_riel(benefit.amount or 0)
    return f"{localize(benefit.percent.normalize() + 0)}%"


@register.filter
def since(benefit: Benefit) -> str:
    """From when the amount holds, as well as that is known."""
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
    """One entry for each line that holds something."""
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
    """The words for a draft member's relationship; empty while it is not told."""
    return str(Membership.Relationship(value).label) if value else ""

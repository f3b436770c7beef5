"""Each question of a change as a page: the registration's pages where they fit, and a few of its own."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from dsp_platform.accounts.phones.numbers import local_form
from dsp_platform.forms import bind
from registry.areas.views import places
from registry.changes import forms
from registry.changes.context import HEAD, may_head
from registry.changes.journey import ChangeJourney
from registry.changes.steps import who
from registry.models import Person
from registry.persons.circumstances import CIRCUMSTANCES, DIFFICULTIES, UNKNOWN
from registry.persons.pages import PERSON_PAGES, Page
from registry.persons.subject import user_of

OWN_PAGES = {
    "who": Page(forms.PersonForm, _("Who is it about?")),
    "address": Page(forms.AddressForm, _("What is the new house and street?")),
    "place": Page(
        forms.AnywhereForm, _("In which village is the new home?"), template="registry/areas/place.html"
    ),
    "mother": Page(forms.MotherForm, _("Who is the mother?")),
    "known": Page(
        forms.KnownForm,
        _("Is the person registered already?"),
        _("Whoever is registered keeps their number and moves over to your household."),
    ),
    "living": Page(forms.LivingForm, _("Where does the couple live?")),
    "where": Page(forms.WhereForm, _("Where does the person live now?")),
    "head": Page(forms.PersonForm, _("Who is the head of household now?")),
    "payee": Page(forms.PersonForm, _("Who receives the money?")),
    "relationships": Page(forms.RelationshipsForm, _("How is everybody related to the new head?")),
    "died": Page(forms.DiedForm, _("When did the person die?")),
    "phone": Page(PERSON_PAGES["phone"].form, _("On which phone can we reach the person?")),
}


def page_of(step: str) -> Page:
    return OWN_PAGES.get(step) or PERSON_PAGES[step]


def page_context(request: HttpRequest, journey: ChangeJourney, step: str) -> dict[str, Any]:
    """The page and its form, filled from the answers so far or from what is written now."""
    page = page_of(step)
    context: dict[str, Any] = {"page": page}
    kwargs: dict[str, Any] = {"initial": _initial(journey, step)}
    if step == "place":
        found = places(request, kwargs["initial"].get("village_code", ""), everywhere=True)
        context["places"] = found
        kwargs |= {"user": user_of(request), "villages": found.choices}
    elif step in ("who", "head", "payee", "mother", "relationships"):
        kwargs["members"] = _members(journey, step)
    elif step == "circumstances" and journey.person:
        kwargs["member"] = _as_member(journey.person)
    context["form"] = bind(page.form, request, **kwargs)
    return context


def _members(journey: ChangeJourney, step: str) -> list[Any]:
    context = journey.context
    if step == "who":
        return journey.kind.whom(context)
    if step in ("payee", "mother"):
        return context.members
    remaining = [one for one in context.members if one.person != journey.person]
    if step == "head":
        return may_head([one for one in remaining if one.relationship != HEAD])
    new_head = journey.answers.get("head", {}).get("person")
    return [one for one in remaining if one.person.spid != new_head]


def _as_member(person: Person) -> dict[str, Any]:
    return {"born": [person.date_of_birth.isoformat(), person.birth_precision], "sex": person.sex}


def _initial(journey: ChangeJourney, step: str) -> dict[str, Any]:
    told = journey.answers.get(step)
    initial = _written_now(journey, step) if told is None else dict(told)
    if initial.get("phone"):
        initial["phone"] = local_form(initial["phone"])
    return initial


def _written_now(journey: ChangeJourney, step: str) -> dict[str, Any]:
    """What may be corrected is shown as it is. Only of the person a correction is about."""
    person, household = journey.person, journey.context.household
    if step == "address":
        return {"address": household.address}
    if person is None or who(journey.answers) not in ("", person.spid):
        return {}
    match journey.kind.code, step:
        case "name", "name":
            names = ("family_name", "given_name", "latin_family_name", "latin_given_name")
            return {name: getattr(person, name) for name in names}
        case "sex", "sex":
            return {"sex": person.sex}
        case "birth-date", "birth":
            return {"born": [person.date_of_birth.isoformat(), person.birth_precision]}
        case "phone", "phone":
            return {"phone": person.phone}
        case "circumstances", "circumstances":
            return {name: _choice(name, getattr(person, name)) for name in CIRCUMSTANCES}
        case _:
            return {}


def _choice(name: str, value: Any) -> str:
    if value is None:
        return UNKNOWN[0]
    return str(value) if name in DIFFICULTIES else ("yes" if value else "no")

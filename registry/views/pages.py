"""Each step of the registration as a page: its question, its form, its template."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from dsp_platform.accounts.phones import local_form
from dsp_platform.exchange.selectors import operators_to_consent
from dsp_platform.forms import bind
from registry.areas.forms import PlaceForm
from registry.consents.forms import ConsentForm, consent_paragraphs
from registry.forms import household, person
from registry.forms.journey import HEAD_ID, Journey, Step
from registry.persons.pages import Page
from registry.views.actor import user_of
from registry.views.places import places

PAGES = {
    "consent": Page(ConsentForm, _("Do you agree to be registered?"), template="registry/consent.html"),
    "name": Page(
        person.NameForm,
        _("What is the person's name?"),
        _("As on the identity card or birth certificate. A person with one name fills in one box."),
    ),
    "relationship": Page(person.RelationshipForm, _("How is this person related to the head of household?")),
    "sex": Page(person.SexForm, _("What is this person's sex?")),
    "birth": Page(person.BirthForm, _("When was this person born?")),
    "young": Page(
        person.YoungForm,
        _("The head of household is under 15. Is this right?"),
        _("A child may be the head of a household when no adult lives there."),
    ),
    "document": Page(
        person.DocumentForm,
        _("Which identity document does this person have?"),
        _("Nobody is refused for having no document."),
    ),
    "phone": Page(person.PhoneForm, _("On which phone can we reach the household?")),
    "place": Page(PlaceForm, _("In which village does the household live?"), template="registry/place.html"),
    "members": Page(
        household.MembersForm, _("Who lives in this household?"), template="registry/members.html"
    ),
    "circumstances": Page(
        person.CircumstancesForm,
        _("Health and daily life"),
        _("Some programmes depend on these answers. You may leave any of them out."),
        template="registry/circumstances.html",
    ),
}


def page_context(request: HttpRequest, journey: Journey, step: Step) -> dict[str, Any]:
    """The page and its form, filled from the answers so far and bound to what was posted."""
    page = PAGES[step.name]
    context: dict[str, Any] = {"page": page}
    kwargs: dict[str, Any] = {"initial": _initial(request, journey, step)}
    if step.name == "consent":
        kwargs["operators"] = operators_to_consent()
        context["paragraphs"] = consent_paragraphs()
    elif step.name == "place":
        found = places(request, kwargs["initial"].get("village_code", ""))
        context["places"] = found
        kwargs |= {"user": user_of(request), "villages": found.choices}
    if step.member is not None:
        kwargs["member"] = journey.member(step.member)
    context["form"] = bind(page.form, request, **kwargs)
    return context


def _initial(request: HttpRequest, journey: Journey, step: Step) -> dict[str, Any]:
    if step.name == "members":
        return {}
    if step.member is None:
        return dict(journey.answers.get(step.name, {}))
    initial = dict(journey.member(step.member))
    if step == Step("phone", HEAD_ID) and "phone" not in initial:
        initial["phone"] = user_of(request).phone or ""
    if initial.get("phone"):
        initial["phone"] = local_form(initial["phone"])
    return initial

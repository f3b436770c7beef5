"""Each step of the registration as a page: its question, its form, its template."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from dsp_platform.accounts.phones.numbers import local_form
from dsp_platform.exchange.ledger.selectors import operators_to_consent
from dsp_platform.forms import bind
from registry.areas.forms import PlaceForm
from registry.areas.views import places
from registry.consents.forms import ConsentForm, consent_paragraphs
from registry.persons.pages import PERSON_PAGES, Page
from registry.persons.subject import user_of
from registry.registration.forms import MembersForm
from registry.registration.journey import HEAD_ID, Journey, Step

PAGES = PERSON_PAGES | {
    "consent": Page(
        ConsentForm, _("Do you agree to be registered?"), template="registry/registration/consent.html"
    ),
    "place": Page(
        PlaceForm, _("In which village does the household live?"), template="registry/areas/place.html"
    ),
    "members": Page(
        MembersForm, _("Who lives in this household?"), template="registry/registration/members.html"
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

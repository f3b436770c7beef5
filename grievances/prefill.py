"""A report that begins at what it is about: the questions on that are answered already."""

from typing import Any

from django.http import HttpRequest

from applications.models import Application
from applications.selectors import application_visible_to, household_members
from dsp_platform.accounts.visitors import assisted_session_of
from dsp_platform.web.forms import row_number
from grievances.models import Grievance
from grievances.reporters import user_of
from registry.models import Enrolment
from registry.programmes.selectors import programme

Category = Grievance.Category


def of(request: HttpRequest) -> dict[str, Any]:
    """By the address: the answers to begin with. Empty where it names nothing that this reader may see."""
    asked = request.GET
    if found := own_application(request, asked.get("application")):
        return _answers(Category.DECISION, {"application": found.reference})
    if enrolment := own_enrolment(request, asked.get("enrolment")):
        return _answers(Category.PAYMENT, {"enrolment": str(enrolment.pk)})
    if asked.get("programme") and (named := programme(asked["programme"])):
        return _answers(Category.OTHER, {"programme": named.code})
    if asked.get("about") == Category.DATA:
        return _answers(Category.DATA, {})
    return {}


def _answers(category: str, where: dict[str, str]) -> dict[str, Any]:
    return {"category": {"category": category}} | ({"where": where} if where else {})


def own_application(request: HttpRequest, reference: str | None) -> Application | None:
    user = user_of(request)
    if user is None or not reference:
        return None
    return application_visible_to(user, assisted_session_of(request), reference)


def own_enrolment(request: HttpRequest, number: str | None) -> Enrolment | None:
    """Of the subject of this request, or of a member of their household."""
    user, pk = user_of(request), row_number(number or "")
    if user is None or pk is None:
        return None
    members = household_members(user, assisted_session_of(request))
    return Enrolment.objects.select_related("programme__operator").filter(pk=pk, person__in=members).first()

"""Public pages: the start page and the programmes."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from dsp_platform.accounts.visitors import assisted_session_of
from registry.eligibility.verdict import judge_shown
from registry.models import Person
from registry.persons.households import household_of
from registry.persons.subject import log_access, subject_of
from registry.programmes import selectors
from registry.programmes.availability import takes_applications


def home(request: HttpRequest) -> HttpResponse:
    return render(request, "registry/programmes/home.html", {"situations": selectors.situations()})


def programmes(request: HttpRequest) -> HttpResponse:
    """All of them, or those of one life situation; an unknown one shows all."""
    situations = selectors.situations()
    asked = request.GET.get("situation", "")
    chosen = next((situation for situation in situations if situation.code == asked), None)
    context = {
        "programmes": selectors.programmes(chosen),
        "situations": situations,
        "chosen": chosen,
    }
    return render(request, "registry/programmes/programmes.html", context)


def programme(request: HttpRequest, code: str) -> HttpResponse:
    found = selectors.programme(code)
    if found is None:
        raise Http404
    person: Person | None = subject_of(request)
    verdict = None
    if person is not None:
        log_access(request, person)
        (verdict,) = judge_shown([found], person, None if assisted_session_of(request) else person)
    context = {
        "programme": found,
        "person": person,
        "verdict": verdict,
        "may_apply": person is not None and household_of(person) is not None and takes_applications(found),
    }
    return render(request, "registry/programmes/programme.html", context)

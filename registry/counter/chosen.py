"""The person or draft that an official chose for the next assisted session, kept in the session until it is
opened: addresses contain no personal data."""

from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from dsp_platform.accounts.models import AssistedSession
from registry.counter import subject as counter_subject
from registry.counter.search import SEARCHED
from registry.persons.subject import user_of

CHOSEN = "counter_chosen"
VISIT = "counter_visit"


def choose(request: HttpRequest, **chosen: int | str) -> HttpResponse:
    """``visit``: the visit of a village day that the case is opened from. A search was for whoever is chosen:
    for the next household its own is made."""
    request.session.pop(SEARCHED, None)
    request.session[CHOSEN] = chosen
    return redirect("registry:counter_open")


def note_opened(request: HttpRequest, assisted_session: AssistedSession) -> None:
    """The choice is used up; of a visit it stays known where the official goes on after the case."""
    chosen, case = request.session.pop(CHOSEN), str(assisted_session.pk)
    if visit := chosen.get("visit"):
        request.session[VISIT] = [case, visit]
    elif request.session.get(VISIT, [case])[0] != case:
        del request.session[VISIT]


def after_case(request: HttpRequest, assisted_session: AssistedSession | None) -> HttpResponse:
    """Back to the visit that the case was opened from, also on a second click; else to the desk."""
    case, visit = request.session.get(VISIT) or (None, None)
    if visit and (assisted_session is None or str(assisted_session.pk) == case):
        return redirect("registry:household_visit", visit)
    return redirect("registry:counter")


def signed(chosen: dict[str, Any]) -> str:
    return signing.dumps(chosen, salt=CHOSEN)


def shown_chosen(request: HttpRequest) -> dict[str, Any] | None:
    """The person or draft that the submitted page was shown for."""
    try:
        return signing.loads(request.POST.get("chosen", ""), salt=CHOSEN)
    except signing.BadSignature:
        return None


def chosen_before(request: HttpRequest) -> dict[str, Any]:
    """The person of a page submitted after another one was chosen in another tab."""
    before = (shown_chosen(request) or {}).get("person")
    return counter_subject.describe(user_of(request), str(before)) if before else {}

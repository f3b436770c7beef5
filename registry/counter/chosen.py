"""The person or draft that an official chose for the next assisted session, kept in the session until it is
opened: addresses contain no personal data."""

from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from registry.counter import subject as counter_subject
from registry.persons.subject import user_of

CHOSEN = "counter_chosen"


def choose(request: HttpRequest, **chosen: int | str) -> HttpResponse:
    request.session[CHOSEN] = chosen
    return redirect("registry:counter_open")


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

"""Practice: an invented family on a card, the roster of the counter, and at the end what differs.

Nothing but the session holds what is written, and nobody registered is looked for.
"""

import random
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from dsp_platform.accounts.access.decorators import official_required
from dsp_platform.accounts.acting.form_token import account_only
from dsp_platform.accounts.visitors import assisted_session_of
from dsp_platform.web.forms import is_submitted, never_kept, row_number
from registry.persons.subject import user_of
from registry.practice.comparison import described, differences
from registry.practice.families import FAMILIES, Family, as_written, village_of
from registry.registration.counter_wizard import CounterWizard
from registry.registration.roster.roster import Roster
from registry.registration.roster.views import as_json, is_saved_in_background, problems_of, shown_roster

PRACTICE = "practice"
"""Session key: number of the family, when it was begun, what is written, and after how many seconds it was
finished."""
MINUTES = 5

View = Callable[..., HttpResponse]


def practising(view: View) -> View:
    """With no real case open: its person is not to be mixed up with an invented one."""

    @account_only
    @official_required
    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if assisted_session_of(request) is not None:
            messages.info(request, _("End the open case first; then you can practise."))
            return redirect("registry:counter")
        if village_of(user_of(request)) is None:
            messages.info(request, _("Your account has no area yet, so you cannot practise."))
            return redirect("registry:counter")
        return view(request)

    return guarded


@practising
@never_kept
def practice(request: HttpRequest) -> HttpResponse:
    """What it is; POST begins with another family than the last."""
    if is_submitted(request):
        last = request.session.get(PRACTICE, {}).get("family")
        others = [number for number in range(len(FAMILIES)) if number != last]
        request.session[PRACTICE] = {
            "family": random.choice(others),  # noqa: S311  an exercise
            "begun": timezone.now().isoformat(),
            "answers": {},
        }
        return redirect("registry:practice_write")
    return render(request, "registry/practice/start.html", {"minutes": MINUTES})


@practising
@never_kept
def write(request: HttpRequest) -> HttpResponse:
    """The roster as at the counter. Each saving is kept in the session."""
    kept = request.session.get(PRACTICE)
    if kept is None:
        return redirect("registry:practice")
    wizard = CounterWizard(kept["answers"])
    if not is_submitted(request):
        return _page(request, shown_roster(request, wizard))
    found = Roster(wizard, request.POST, official=user_of(request))
    found.put()
    number = row_number(request.POST.get("remove", ""))
    if number is not None and (row := found.numbered(number)) and row.id is not None:
        wizard.remove(row.id)
    request.session[PRACTICE] = kept | {"answers": wizard.answers}
    if is_saved_in_background(request):
        return JsonResponse(as_json(found))
    if number is not None or ("add" in request.POST and not found.errors):
        return redirect("registry:practice_write")
    if found.errors or not wizard.members:
        return _page(request, found)
    request.session[PRACTICE] = {**request.session[PRACTICE], "seconds": _seconds_since(kept["begun"])}
    return redirect("registry:practice_result")


@practising
@never_kept
def result(request: HttpRequest) -> HttpResponse:
    kept = request.session.get(PRACTICE, {})
    if "seconds" not in kept:
        return redirect("registry:practice")
    card = _card(request)
    context = {
        "differences": differences(card, kept["answers"]),
        "minutes": kept["seconds"] // 60,
        "seconds": kept["seconds"] % 60,
        "in_time": kept["seconds"] <= MINUTES * 60,
        "members": len(card["members"]),
    }
    return render(request, "registry/practice/result.html", context)


def _page(request: HttpRequest, found: Roster) -> HttpResponse:
    card = _card(request)
    context: dict[str, Any] = {
        "roster": found,
        "problems": problems_of(found) if is_submitted(request) else [],
        "village": village_of(user_of(request)),
        "address": card["place"]["address"],
        "card": [described(member) for member in card["members"]],
    }
    return render(request, "registry/practice/write.html", context)


def _card(request: HttpRequest) -> dict[str, Any]:
    return as_written(_family(request), user_of(request))


def _family(request: HttpRequest) -> Family:
    return FAMILIES[request.session[PRACTICE]["family"] % len(FAMILIES)]


def _seconds_since(begun: str) -> int:
    at = parse_datetime(begun)
    return int((timezone.now() - at).total_seconds()) if at else 0

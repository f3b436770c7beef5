"""The village days of an office, and of one day: the page to work from, the printed list, the numbers."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dsp_platform.accounts.access.decorators import official_required
from dsp_platform.accounts.acting.form_token import account_only
from dsp_platform.accounts.models import User
from dsp_platform.casework.errors import StepRefused
from dsp_platform.casework.refusals import refusals_recorded
from dsp_platform.web.forms import is_submitted, saved
from registry.counter.listed import record_listed_once
from registry.identity.qr_codes import code_of
from registry.models import HouseholdVisit, VillageDay
from registry.persons.subject import user_of
from registry.village_days import selectors, services

ON_A_PAGE = 40
"""Households on a screen, and on four sheets of A4."""


@account_only
@official_required
def village_days(request: HttpRequest) -> HttpResponse:
    """Of the official's area, those of the last month and those to come."""
    user = user_of(request)
    days = list(selectors.recent_village_days(user).prefetch_related("officials")[:ON_A_PAGE])
    return render(request, "registry/village_days/days.html", {"days": days, "has_area": user.area_code})


@account_only
@official_required
def village_day(request: HttpRequest, pk: int) -> HttpResponse:
    """Where an official of the day takes the next household. POST takes it."""
    user, shown = user_of(request), _own(request, pk)
    if is_submitted(request):
        try:
            with refusals_recorded(request, "villageday", shown.pk):
                taken = services.take_next(actor=user, village_day=shown)
        except StepRefused as error:
            messages.error(request, str(error))
            return redirect("registry:village_day", shown.pk)
        saved(request)
        return redirect("registry:household_visit", taken.pk)
    visits = selectors.visits_of(user, shown)
    own = visits.filter(taken_by=user, taken_until__gt=timezone.now())
    context = _listed(request, user, visits) | {
        "day": shown,
        "may_cancel": selectors.may_cancel(user, shown),
        "takes_part": selectors.takes_part(user, shown),
        "own": selectors.with_heads(own),
    }
    return render(request, "registry/village_days/day.html", context)


@account_only
@official_required
def printed(request: HttpRequest, pk: int) -> HttpResponse:
    """To take along on paper: the QR codes contain the number of the household and nothing else."""
    user, shown = user_of(request), _own(request, pk)
    context = _listed(request, user, selectors.visits_of(user, shown)) | {"day": shown}
    context["rows"] = [(visit, head, code_of(visit.household.number)) for visit, head in context["rows"]]
    context["outcomes"] = HouseholdVisit.Outcome.labels
    return render(request, "registry/village_days/list.html", context)


@account_only
@official_required
def numbers(request: HttpRequest, pk: int) -> HttpResponse:
    shown = _own(request, pk)
    context = {"day": shown, "numbers": selectors.numbers_of(shown), "at": timezone.now()}
    return render(request, "registry/village_days/numbers.html", context)


@account_only
@official_required
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    services.cancel_village_day(actor=user_of(request), village_day=_own(request, pk))
    messages.success(request, _("The village day is cancelled. What was written down stays."))
    return redirect("registry:village_days")


def _own(request: HttpRequest, pk: int) -> VillageDay:
    found = selectors.village_days_of(user_of(request)).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _listed(request: HttpRequest, user: User, visits: Any) -> dict[str, Any]:
    page: Page[HouseholdVisit] = Paginator(visits, ON_A_PAGE).get_page(request.GET.get("page"))
    rows = selectors.with_heads(page)
    record_listed_once(request, user, [head.person_id for _visit, head in rows if head], reason="village_day")
    return {"page": page, "rows": rows}

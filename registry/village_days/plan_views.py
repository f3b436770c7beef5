"""A village day is planned: first the village, then when, who and which households."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dsp_platform.accounts.access.decorators import official_required
from dsp_platform.accounts.acting.form_token import account_only
from dsp_platform.casework.errors import StepRefused
from dsp_platform.casework.refusals import refusals_recorded
from dsp_platform.web.forms import bind, is_submitted, never_kept
from registry.areas import selectors as areas
from registry.persons.scope import in_area
from registry.persons.subject import user_of
from registry.village_days.forms import PlanForm, VillageForm
from registry.village_days.services import MOST, plan_village_day


@account_only
@official_required
@never_kept
def village(request: HttpRequest) -> HttpResponse:
    form = bind(VillageForm, request, user=user_of(request))
    if is_submitted(request) and form.is_valid():
        return redirect("registry:village_day_plan", form.cleaned_data["village"])
    return render(request, "registry/village_days/village.html", {"form": form})


@account_only
@official_required
def plan(request: HttpRequest, village: str) -> HttpResponse:
    official, place = user_of(request), areas.village(village)
    if place is None or not in_area(official, place.code):
        raise Http404
    form = bind(PlanForm, request, village=place)
    if is_submitted(request) and form.is_valid():
        try:
            with refusals_recorded(request, "villageday", None):
                planned = plan_village_day(actor=official, village=place, **form.cleaned_data)
        except StepRefused as error:
            form.add_error("chosen", str(error))
        else:
            messages.success(request, _planned(planned.visits.count()))
            return redirect("registry:village_day", planned.pk)
    return render(request, "registry/village_days/plan.html", {"form": form, "village": place})


def _planned(count: int) -> str:
    words = ngettext(
        "The village day is planned, with %(count)d household.",
        "The village day is planned, with %(count)d households.",
        count,
    ) % {"count": count}
    if count < MOST:
        return words
    return f"{words} {_('There may be more of them: plan another day, which takes those that are left.')}"

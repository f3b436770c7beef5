"""The visit of one household: taken on, written down, and from it the case of somebody who lives there."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dsp_platform.accounts.access.decorators import official_required
from dsp_platform.accounts.acting.form_token import account_only
from dsp_platform.accounts.models import User
from dsp_platform.casework.errors import StepRefused
from dsp_platform.casework.refusals import refusals_recorded
from dsp_platform.web.forms import bind, is_submitted, never_kept, saved
from registry.counter.chosen import choose
from registry.counter.listed import record_listed_once
from registry.models import HouseholdVisit
from registry.persons.households import members_of
from registry.persons.subject import user_of
from registry.village_days import services
from registry.village_days.forms import VisitForm
from registry.village_days.selectors import (
    changed_on_visit,
    may_write_down,
    takes_part,
    village_days_of,
    visit_before,
    visit_of,
)


@account_only
@official_required
def visit(request: HttpRequest, pk: int) -> HttpResponse:
    """POST with ``take`` takes it on; without, it is written down."""
    user, shown = user_of(request), visit_of(user_of(request), pk)
    if shown is None:
        return _gone(request, pk)
    if "take" in request.POST:
        return _take(request, shown)
    form = bind(VisitForm, request, initial=_initial(user, shown))
    if is_submitted(request) and form.is_valid():
        try:
            with refusals_recorded(request, "household", shown.household_id):
                services.record_visit(actor=user, visit=shown, **form.cleaned_data)
        except StepRefused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The visit is written down."))
            return redirect("registry:village_day", shown.village_day_id)
    members = members_of(shown.household)
    record_listed_once(request, user, [one.person_id for one in members], reason="village_day")
    context = {
        "form": form,
        "visit": shown,
        "day": shown.village_day,
        "members": members,
        "before": visit_before(shown),
        "takes_part": takes_part(user, shown.village_day),
        "is_taken": shown.is_taken(),
        "is_own": shown.taken_by_id == user.pk,
        "may_take": shown.outcome in ("", HouseholdVisit.Outcome.NOBODY),
        "may_write": may_write_down(user, shown),
    }
    return render(request, "registry/village_days/visit.html", context)


def _initial(user: User, shown: HouseholdVisit) -> dict[str, str]:
    """What was written down; before, that a change was registered where the official registered one."""
    outcome = HouseholdVisit.Outcome.CHANGED if changed_on_visit(user, shown) else shown.outcome
    return {"outcome": outcome, "note": shown.note or ""}


def _gone(request: HttpRequest, pk: int) -> HttpResponse:
    """It is not the official's to see any more, as where the case of this visit moved the household away."""
    day = village_days_of(user_of(request)).filter(visits=pk).first()
    if day is None:
        raise Http404
    messages.info(request, _("This household has left your area or was closed: it is not visited any more."))
    return redirect("registry:village_day", day.pk)


def _take(request: HttpRequest, shown: HouseholdVisit) -> HttpResponse:
    try:
        with refusals_recorded(request, "household", shown.household_id):
            services.take_visit(actor=user_of(request), visit=shown)
    except StepRefused as error:
        messages.error(request, str(error))
        return redirect("registry:village_day", shown.village_day_id)
    saved(request)
    return redirect("registry:household_visit", shown.pk)


@account_only
@official_required
@require_POST
@never_kept
def open_case(request: HttpRequest, pk: int) -> HttpResponse:
    """POST with ``person``, the number of a member: their consent is asked as at the counter."""
    shown = _own(request, pk)
    spid = request.POST.get("person", "")
    member = next((one for one in members_of(shown.household) if one.person.spid == spid), None)
    if member is None:
        messages.error(request, _("This person does not live in this household any more."))
        return redirect("registry:household_visit", shown.pk)
    return choose(request, person=member.person_id, visit=shown.pk)


@account_only
@official_required
@require_POST
def give_back(request: HttpRequest, pk: int) -> HttpResponse:
    shown = _own(request, pk)
    try:
        with refusals_recorded(request, "household", shown.household_id):
            services.give_back(actor=user_of(request), visit=shown)
    except StepRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Another official may visit this household."))
    return redirect("registry:village_day", shown.village_day_id)


def _own(request: HttpRequest, pk: int) -> HouseholdVisit:
    found = visit_of(user_of(request), pk)
    if found is None:
        raise Http404
    return found

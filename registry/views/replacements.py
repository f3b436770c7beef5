"""A phone that is to take another's place: seen by a second official, or stopped by the person."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from dsp_platform.accounts.decorators import citizen_required, official_required
from dsp_platform.accounts.phones import local_form
from dsp_platform.audit import services as audit
from dsp_platform.forms import bind, is_submitted
from registry import services
from registry.errors import ChangeError
from registry.forms.household import area_path
from registry.forms.lost_phone import DOCUMENTS, REASONS, ReferenceForm, SeenForm
from registry.models import PhoneReplacement
from registry.selectors import persons_visible_to
from registry.selectors.areas import office_of
from registry.selectors.conflict import conflict_of_interest
from registry.selectors.phones import FIRST_LOST
from registry.selectors.replacements import (
    Standing,
    ended_of,
    may_confirm,
    replacement_by_reference,
    replacements_to_confirm,
    standing,
)
from registry.views.actor import user_of

SHOWN = 100
STOP, DOUBT = "stop", "doubt"


@official_required
def counter_phones(request: HttpRequest) -> HttpResponse:
    """What waits in this area, and whose it is; and any other by the reference that somebody brings."""
    form = bind(ReferenceForm, request)
    if is_submitted(request) and form.is_valid():
        return redirect("registry:counter_phone", form.cleaned_data["reference"])
    official = user_of(request)
    waiting, ended = replacements_to_confirm(official)[:SHOWN], ended_of(official)[:SHOWN]
    audit.record_listed(actor=official, subject_kind="person", subject_ids=[one.person_id for one in waiting])
    return render(request, "registry/counter_phones.html", {"form": form, "waiting": waiting, "ended": ended})


@official_required
def counter_phone(request: HttpRequest, reference: str) -> HttpResponse:
    """Whose it is shows only to their own commune and district; anywhere it can be stopped."""
    found = replacement_by_reference(reference)
    if found is None:
        raise Http404
    if is_submitted(request) and STOP in request.POST:
        return _stop(request, found, "registry:counter_phone")
    form = bind(SeenForm, request)
    if is_submitted(request) and form.is_valid() and (answer := _confirm(request, found, form)):
        return answer
    return render(request, "registry/counter_phone.html", _context(request, found, form))


def _confirm(request: HttpRequest, found: PhoneReplacement, form: SeenForm) -> HttpResponse | None:
    try:
        done = services.confirm_replacement(
            replacement=found, document=form.cleaned_data["document"], actor=user_of(request)
        )
    except ChangeError as error:
        form.add_error(None, str(error))
        return None
    words = {"reference": done.reference, "state": done.state_words}
    if done.cause:
        messages.warning(request, _("It was not done: %(cause)s.") % {"cause": done.get_cause_display()})
        return redirect("registry:counter_phone", done.reference)
    messages.success(request, _("Saved: %(reference)s is now “%(state)s”.") % words)
    return redirect("registry:counter_phones")


def _stop(request: HttpRequest, found: PhoneReplacement, page: str) -> HttpResponse:
    try:
        services.object_to_replacement(replacement=found, actor=user_of(request))
        messages.success(request, _("It was stopped. The phone number stays as it was."))
    except ChangeError as error:
        messages.error(request, str(error))
    return redirect(page, found.reference)


def _context(request: HttpRequest, found: PhoneReplacement, form: SeenForm) -> dict[str, Any]:
    official = user_of(request)
    own_area = may_confirm(official, found)
    asked_it = found.asked_by_id == official.pk
    conflict = conflict_of_interest(official, found.person) if own_area else ""
    if own_area:
        audit.record(
            actor=official,
            action="view",
            subject_kind="person",
            subject_id=found.person_id,
            reason="account",
            details={"replacement": found.reference},
        )
    may = own_area and found.is_waiting and not asked_it and not conflict
    return {
        "replacement": found,
        "about": found.person_id,
        "person": found.person if own_area else None,
        "phone": local_form(found.phone) if own_area else "",
        "reason": dict(REASONS).get(found.reason, _("First account")),
        "lost": found.reason == FIRST_LOST,
        "document": dict(DOCUMENTS).get(found.document, ""),
        "asked_it": asked_it,
        "conflict": conflict,
        # Also where nothing can be confirmed any more: what was sent may have come too late.
        "form": form,
        "may": may,
    }


@citizen_required
def my_phone(request: HttpRequest, reference: str) -> HttpResponse:
    """To whom it concerns, in the account or on the old phone, with the way to stop it."""
    found = replacement_by_reference(reference)
    citizen = user_of(request)
    as_whom = standing(citizen, found) if found else Standing.NONE
    if found is None or as_whom == Standing.NONE:
        raise Http404
    if is_submitted(request) and DOUBT in request.POST:
        return _doubt(request, found)
    if is_submitted(request):
        return _stop(request, found, "registry:my_phone")
    office = office_of(found.asked_by)
    known = persons_visible_to(citizen).filter(pk=found.person_id).exists()
    context = {
        "replacement": found,
        "standing": as_whom,
        "name": (found.person.given_name or found.person.family_name) if known else "",
        "office": area_path(office) if office else "",
    }
    return render(request, "registry/my_phone.html", context)


def _doubt(request: HttpRequest, found: PhoneReplacement) -> HttpResponse:
    try:
        services.doubt_replacement(replacement=found, actor=user_of(request))
        messages.success(request, _("It is noted: only a second official who sees the person can open it."))
    except ChangeError as error:
        messages.error(request, str(error))
    return redirect("registry:my_phone", found.reference)

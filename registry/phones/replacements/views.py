"""Pages of a waiting replacement: confirmed by a second official, stopped, or withdrawn."""

from contextlib import AbstractContextManager
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from dsp_platform.accounts.access.decorators import citizen_required, official_required
from dsp_platform.accounts.phones.numbers import local_form
from dsp_platform.audit import services as audit
from dsp_platform.casework.errors import StepRefused
from dsp_platform.casework.refusals import refusals_recorded
from dsp_platform.web.forms import bind, is_submitted, never_kept
from registry.areas.labels import area_path
from registry.areas.selectors import office_of
from registry.models import PhoneReplacement
from registry.persons.conflicts import conflict_of_interest, conflicts_among
from registry.persons.selectors import persons_visible_to
from registry.persons.subject import user_of
from registry.phones.replacements.forms import DOCUMENTS, REASONS, ReferenceForm, SeenForm, StopForm
from registry.phones.replacements.requests import refusal
from registry.phones.replacements.selectors import (
    Relation,
    ended_of,
    may_confirm,
    relation_of,
    replacement_by_reference,
    replacements_to_confirm,
    second_officials_for,
    why_not_second,
    why_not_stop,
)
from registry.phones.replacements.services import confirm_replacement
from registry.phones.replacements.stops import (
    doubt_replacement,
    object_to_replacement,
    stop_at_office,
    withdraw_replacement,
)
from registry.phones.selectors import FIRST_LOST

SHOWN = 100
WITHDRAW, DOUBT = "withdraw", "doubt"


@official_required
@never_kept
def counter_phones(request: HttpRequest) -> HttpResponse:
    """Those waiting in the official's area, and a search by reference for any other."""
    form = bind(ReferenceForm, request)
    if is_submitted(request) and form.is_valid():
        return redirect("registry:counter_phone", form.cleaned_data["reference"])
    official = user_of(request)
    waiting, ended = replacements_to_confirm(official)[:SHOWN], ended_of(official)[:SHOWN]
    of_relatives = conflicts_among(official, {one.person_id for one in waiting})
    named = [one.person_id for one in waiting if one.person_id not in of_relatives]
    audit.record_listed(actor=official, subject_kind="person", subject_ids=named)
    context = {"form": form, "waiting": waiting, "of_relatives": of_relatives, "ended": ended}
    return render(request, "registry/phones/replacements/counter_phones.html", context)


@official_required
def counter_phone(request: HttpRequest, reference: str) -> HttpResponse:
    """Shows the person to their own commune and district only, and not with a conflict of interest.

    An official of any office can stop it.
    """
    found = _found(reference)
    if is_submitted(request) and WITHDRAW in request.POST:
        try:
            with _refusals_recorded(request, found):
                withdraw_replacement(replacement=found, actor=user_of(request))
            messages.success(request, _("It was taken back. The phone number stays as it was."))
        except StepRefused as error:
            messages.error(request, str(error))
        return redirect("registry:counter_phone", found.reference)
    form = bind(SeenForm, request)
    if is_submitted(request) and form.is_valid():
        try:
            with _refusals_recorded(request, found):
                done = confirm_replacement(
                    replacement=found, document=form.cleaned_data["document"], actor=user_of(request)
                )
        except StepRefused as error:
            form.add_error(None, str(error))
        else:
            if done.cause:
                messages.warning(
                    request, _("It was not done: %(cause)s.") % {"cause": done.get_cause_display()}
                )
                return redirect("registry:counter_phone", done.reference)
            words = {"reference": done.reference, "state": done.state_words}
            messages.success(request, _("Saved: %(reference)s is now “%(state)s”.") % words)
            return redirect("registry:counter_phones")
    return render(request, "registry/phones/replacements/counter_phone.html", _context(request, found, form))


@official_required
def counter_phone_stop(request: HttpRequest, reference: str) -> HttpResponse:
    """Asks for confirmation and for the type of document that was seen."""
    found = _found(reference)
    asked_it = found.asked_by_id == user_of(request).pk
    if not found.is_waiting or (asked_it and not is_submitted(request)):
        return redirect("registry:counter_phone", found.reference)
    form = bind(StopForm, request)
    if is_submitted(request) and form.is_valid():
        try:
            with _refusals_recorded(request, found):
                stop_at_office(
                    replacement=found, document=form.cleaned_data["document"], actor=user_of(request)
                )
        except StepRefused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("It was stopped. The phone number stays as it was."))
            return redirect("registry:counter_phone", found.reference)
    refused = why_not_stop(user_of(request), found)
    about = None if refused else found.person_id
    context = {"replacement": found, "about": about, "form": form, "refused": refused}
    return render(request, "registry/phones/replacements/counter_phone_stop.html", context)


def _refusals_recorded(request: HttpRequest, found: PhoneReplacement) -> AbstractContextManager[None]:
    """About the person, as every other record of a replacement."""
    details = {"replacement": found.reference}
    return refusals_recorded(request, "person", found.person_id, details=details)


def _found(reference: str) -> PhoneReplacement:
    found = replacement_by_reference(reference)
    if found is None:
        raise Http404
    return found


def _context(request: HttpRequest, found: PhoneReplacement, form: SeenForm) -> dict[str, Any]:
    official = user_of(request)
    own_area = may_confirm(official, found)
    asked_it = found.asked_by_id == official.pk
    not_second = why_not_second(official, found) if own_area else None
    shown = own_area and (asked_it or not conflict_of_interest(official, found.person))
    if own_area:
        audit.record(
            actor=official,
            action="view",
            subject_kind="person",
            subject_id=found.person_id,
            reason="account",
            details={"replacement": found.reference},
        )
    applied = found.state == PhoneReplacement.State.APPLIED
    return {
        "replacement": found,
        "about": found.person_id if shown or not own_area else None,
        "own_area": own_area,
        "person": found.person if shown else None,
        "phone": local_form(found.phone) if shown else "",
        "reason": dict(REASONS).get(found.reason, _("First account")),
        "lost": found.reason == FIRST_LOST,
        "document": dict(DOCUMENTS).get(found.document, ""),
        "asked_it": asked_it,
        "not_second": not_second,
        "second_officials": second_officials_for(found) if asked_it and found.is_waiting else [],
        "not_stop": why_not_stop(official, found) if found.is_waiting and not asked_it else None,
        # Of one that was applied against the person's will.
        "not_ask": (refusal(official, found.person) or "") if own_area and applied else "",
        # Also where nothing can be confirmed any more, because the submit came too late.
        "form": form,
        "may": own_area and found.is_waiting and not not_second,
    }


@citizen_required
def my_phone(request: HttpRequest, reference: str) -> HttpResponse:
    """For those concerned, in the account or signed in by the old phone, with the way to stop it."""
    found = replacement_by_reference(reference)
    citizen = user_of(request)
    relation = relation_of(citizen, found) if found else Relation.NONE
    if found is None or relation == Relation.NONE:
        raise Http404
    if is_submitted(request):
        try:
            if DOUBT in request.POST:
                doubt_replacement(replacement=found, actor=citizen)
                words = _("It is noted: only a second official who sees the person can open it.")
            else:
                object_to_replacement(replacement=found, actor=citizen)
                words = _("It was stopped. The phone number stays as it was.")
            messages.success(request, words)
        except StepRefused as error:
            messages.error(request, str(error))
        return redirect("registry:my_phone", found.reference)
    office = office_of(found.asked_by)
    known = persons_visible_to(citizen).filter(pk=found.person_id).exists()
    context = {
        "replacement": found,
        "relation": relation,
        "name": (found.person.given_name or found.person.family_name) if known else "",
        "office": area_path(office) if office else "",
    }
    return render(request, "registry/phones/replacements/my_phone.html", context)

"""The number for news, confirmed by a code, because the number typed may be somebody else's.

These pages follow the page with the PIN, so the browser that reported is shown the PIN here too for some
minutes, and once more when the number is confirmed. Not longer: the next person at a shared phone could enter
a number of their own.
"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dsp_platform.accounts.codes.code_page import code_page
from dsp_platform.accounts.codes.code_request import CodeRequest
from dsp_platform.accounts.codes.forms import SendForm
from dsp_platform.accounts.codes.services import Purpose
from dsp_platform.accounts.errors import CodeProblem
from dsp_platform.accounts.phones.numbers import local_form
from dsp_platform.accounts.visitors import assisted_session_of
from dsp_platform.web.forms import bind, is_submitted, never_kept
from grievances import pin_session, pins, selectors, services
from grievances.forms import NumberForm
from grievances.models import Grievance


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, reference: str) -> HttpResponse:
    """GET explains; POST sends the code."""
    grievance = _of_this_browser(request, reference)
    if grievance is None:
        return _nothing_to_confirm(request)
    corrects = is_submitted(request) and "correct" in request.POST
    form = bind(SendForm, request)
    number = bind(NumberForm, request) if corrects else NumberForm()
    if corrects:
        if number.is_valid():
            services.correct_phone(grievance=grievance, phone=number.cleaned_data["phone"])
            messages.success(request, _("The number was changed. Confirm it now."))
            return redirect("grievances:confirm_phone", grievance.reference)
    elif is_submitted(request) and form.is_valid():
        try:
            _code_request(request, grievance).send(grievance.phone, "", language=grievance.language)
        except CodeProblem as problem:
            form.add_error(None, str(problem))
        else:
            return redirect("grievances:confirm_phone_code", grievance.reference)
    context = {
        "grievance": grievance,
        "pin": _pin(request, grievance),
        "form": number if corrects else form,
        "number": number,
        "phone": local_form(grievance.phone),
    }
    return render(request, "grievances/confirm_phone.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_kept
def code(request: HttpRequest, reference: str) -> HttpResponse:
    grievance = _of_this_browser(request, reference)
    if grievance is None:
        return _nothing_to_confirm(request)
    code_request = _code_request(request, grievance)
    challenge = code_request.challenge()
    if challenge is None or challenge.phone != grievance.phone:  # it was corrected in another window
        return redirect("grievances:confirm_phone", grievance.reference)
    return code_page(
        code_request,
        challenge,
        "grievances/confirm_phone_code.html",
        {"grievance": grievance, "pin": _pin(request, grievance)},
        then=lambda proved: services.confirm_phone(grievance=grievance, phone=proved.phone),
        done=lambda _confirmed_now: _confirmed(request, grievance),
        language=grievance.language,
    )


def _pin(request: HttpRequest, grievance: Grievance) -> str:
    """Empty for a reporter who signed in with the PIN."""
    return (
        pins.shown(grievance)
        if pin_session.has_sent(request, grievance, within=pin_session.PIN_SHOWN)
        else ""
    )


def _confirmed(request: HttpRequest, grievance: Grievance) -> HttpResponse:
    words = _("The number is confirmed. News comes by text message.")
    if not pin_session.has_sent(request, grievance, within=pin_session.PIN_SHOWN):
        messages.success(request, words)
        return redirect("grievances:grievance", grievance.reference)
    messages.success(
        request, f"{words} {_('Here are again the reference and the PIN you were shown before.')}"
    )
    pin_session.show_pin_again(request)
    return redirect("grievances:reported")


def _nothing_to_confirm(request: HttpRequest) -> HttpResponse:
    """After a second click: the number is confirmed, and the PIN is still to be shown."""
    return redirect("grievances:reported" if pin_session.pin_to_show(request) else "grievances:follow")


def _of_this_browser(request: HttpRequest, reference: str) -> Grievance | None:
    """A grievance with an unconfirmed number, for the browser that reported it and for those who may read
    it."""
    found = selectors.by_reference(reference)
    if found is None or not (pin_session.has_sent(request, found) or pin_session.is_proven(request, found)):
        found = selectors.grievance_visible_to(request.user, assisted_session_of(request), reference)
    return found if found and found.phone and not found.phone_confirmed_at else None


def _code_request(request: HttpRequest, grievance: Grievance) -> CodeRequest:
    return CodeRequest(request, purpose=Purpose.CONTACT, subject=f"grievance:{grievance.pk}")

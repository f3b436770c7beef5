"""A lost PIN: the reporter proves again the number that they confirmed, and gets another one.

Whoever tries learns of no number but their own: a code goes to the number typed, whether it was left on this
report or not. Not for reports of violence, where a household shares the phone (``secrecy.BY_PIN_ALONE``).
"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dsp_platform.accounts.codes.code_page import code_page
from dsp_platform.accounts.codes.code_request import CodeRequest
from dsp_platform.accounts.codes.services import Purpose
from dsp_platform.accounts.errors import CodeProblem
from dsp_platform.web.forms import bind, is_submitted, never_kept
from grievances import pin_session, services
from grievances.forms import LostPinForm
from grievances.models import Grievance


@require_http_methods(["GET", "HEAD", "POST"])
@never_kept
def ask(request: HttpRequest) -> HttpResponse:
    form = bind(LostPinForm, request)
    if is_submitted(request) and form.is_valid():
        phone, reference = form.cleaned_data["phone"], form.cleaned_data["reference"]
        try:
            _code_request(request).send(phone, "", keep=reference)
        except CodeProblem as problem:
            form.add_error(None, str(problem))
        else:
            return redirect("grievances:lost_pin_code")
    return render(request, "grievances/lost_pin.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@never_kept
def code(request: HttpRequest) -> HttpResponse:
    code_request = _code_request(request)
    challenge = code_request.challenge()
    if challenge is None:
        return redirect("grievances:reported" if pin_session.pin_to_show(request) else "grievances:lost_pin")
    return code_page(
        code_request,
        challenge,
        "grievances/lost_pin_code.html",
        then=lambda proved: services.renew_pin(
            reference=str(code_request.also_kept or ""), phone=proved.phone
        ),
        done=lambda found: _done(request, found),
    )


def _done(request: HttpRequest, found: Grievance | None) -> HttpResponse:
    if found is None:
        messages.warning(
            request,
            _(
                "No report with this reference and this number can get a new PIN. For a report of violence "
                "there is none: the phone may be shared."
            ),
        )
        return redirect("grievances:lost_pin")
    messages.success(request, _("Here is your new PIN. The old one is not valid any more."))
    pin_session.show_pin_next(request, found)
    return redirect("grievances:reported")


def _code_request(request: HttpRequest) -> CodeRequest:
    return CodeRequest(request, purpose=Purpose.PIN)

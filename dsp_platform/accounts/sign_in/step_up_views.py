"""Step-up authentication: a fresh code to the account's own phone, or a passkey."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from dsp_platform.accounts.access import step_up
from dsp_platform.accounts.access.decorators import citizen_required
from dsp_platform.accounts.access.entry_points import NEXT, safe_next_url
from dsp_platform.accounts.codes import services as codes
from dsp_platform.accounts.codes.code_page import code_page
from dsp_platform.accounts.codes.code_request import CodeRequest
from dsp_platform.accounts.codes.forms import SendForm
from dsp_platform.accounts.errors import CodeProblem, Expired
from dsp_platform.accounts.models import PhoneChallenge
from dsp_platform.accounts.phones.numbers import local_form
from dsp_platform.accounts.requests import SignedInRequest
from dsp_platform.web.forms import bind, is_submitted, never_kept

AFTER = "registry:me"


@require_http_methods(["GET", "HEAD", "POST"])
@citizen_required
@never_kept
def ask(request: SignedInRequest) -> HttpResponse:
    """Explains why, and sends the code on POST; opening the page sends nothing."""
    code_request = _code_request(request)
    target = request.GET.get(NEXT, "")
    if step_up.is_fresh(request):
        return redirect(safe_next_url(request, target, AFTER))
    form = bind(SendForm, request)
    if is_submitted(request) and form.is_valid():
        try:
            code_request.send(request.user.phone or "", target, language=request.user.language)
        except CodeProblem as problem:
            form.add_error(None, str(problem))
        else:
            return redirect("accounts:step_up_code")
    context = {
        "form": form,
        "phone": local_form(request.user.phone or ""),
        "has_passkey": request.user.passkeys.exists(),
    }
    return render(request, "accounts/sign_in/step_up.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@citizen_required
@never_kept
def code(request: SignedInRequest) -> HttpResponse:
    code_request = _code_request(request)
    if step_up.is_fresh(request):  # a double click, or Back
        return redirect(safe_next_url(request, code_request.target, AFTER))
    challenge = code_request.challenge()
    if challenge is None:
        return redirect("accounts:step_up")

    def check_own(proved: PhoneChallenge) -> None:
        """The phone may have been changed since the code was sent to it."""
        request.user.refresh_from_db(fields=["phone", "is_active"])
        if proved.phone != request.user.phone or not request.user.is_active:
            raise Expired

    def done(_none: None) -> HttpResponse:
        step_up.record_phone(request)
        return redirect(safe_next_url(request, code_request.end(), AFTER))

    return code_page(
        code_request,
        challenge,
        "accounts/sign_in/step_up_code.html",
        then=check_own,
        done=done,
        language=request.user.language,
    )


def _code_request(request: SignedInRequest) -> CodeRequest:
    return CodeRequest(request, purpose=codes.Purpose.STEP_UP, account=request.user)

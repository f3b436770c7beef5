"""Sign-in of citizens: a phone number, then the code that was sent to it."""

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from dsp_platform.accounts.access import step_up
from dsp_platform.accounts.access.entry_points import ENDED, NEXT, safe_next_url
from dsp_platform.accounts.acting.form_token import acting_exempt
from dsp_platform.accounts.codes import services as codes
from dsp_platform.accounts.codes.code_page import code_page
from dsp_platform.accounts.codes.code_request import CodeRequest
from dsp_platform.accounts.errors import CodeProblem
from dsp_platform.accounts.models import User
from dsp_platform.accounts.phones import known_browsers
from dsp_platform.accounts.sign_in.backends import PHONE_BACKEND
from dsp_platform.accounts.sign_in.forms import PhoneForm
from dsp_platform.accounts.visitors import is_citizen
from dsp_platform.web.forms import bind, is_submitted


@acting_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    if is_citizen(request):
        return redirect(safe_next_url(request, request.GET.get(NEXT, ""), settings.LOGIN_REDIRECT_URL))
    code_request = CodeRequest(request, purpose=codes.Purpose.SIGN_IN)
    form = bind(PhoneForm, request)
    if is_submitted(request) and form.is_valid():
        try:
            code_request.send(form.cleaned_data["phone"], request.GET.get(NEXT, ""))
        except CodeProblem as problem:
            form.add_error("phone", str(problem))
        else:
            return redirect("accounts:code")
    return render(request, "accounts/sign_in/sign_in.html", {"form": form, "ended": ENDED in request.GET})


@acting_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    code_request = CodeRequest(request, purpose=codes.Purpose.SIGN_IN)
    if is_citizen(request):  # a double click, or Back after signing in
        return redirect(safe_next_url(request, code_request.target, settings.LOGIN_REDIRECT_URL))
    challenge = code_request.challenge()
    if challenge is None:
        return redirect("accounts:sign_in")
    language = get_language() or "km"

    def done(user: User) -> HttpResponse:
        target = code_request.end()
        login(request, user, backend=PHONE_BACKEND)
        step_up.record_phone(request)
        response = redirect(safe_next_url(request, target, settings.LOGIN_REDIRECT_URL))
        known_browsers.remember(request, response, challenge.phone)
        return response

    return code_page(
        code_request,
        challenge,
        "accounts/sign_in/code.html",
        then=lambda proved: codes.account_of(proved.phone, language),
        done=done,
    )

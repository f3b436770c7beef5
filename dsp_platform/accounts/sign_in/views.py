"""The citizens' one door: a phone number, then the code that was sent to it."""

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dsp_platform.accounts.access import step_up
from dsp_platform.accounts.access.entry_points import ENDED, NEXT, way_back
from dsp_platform.accounts.acting.form_token import acts_for_nobody
from dsp_platform.accounts.codes import services as codes
from dsp_platform.accounts.codes.code_request import Asking
from dsp_platform.accounts.codes.forms import CodeForm
from dsp_platform.accounts.errors import CodeProblem
from dsp_platform.accounts.phones import known_browsers as known_phones
from dsp_platform.accounts.phones.numbers import local_form
from dsp_platform.accounts.sign_in.backends import PHONE_BACKEND
from dsp_platform.accounts.sign_in.forms import PhoneForm
from dsp_platform.accounts.visitors import is_citizen
from dsp_platform.forms import bind, is_submitted

AFTER = "registry:home"


@acts_for_nobody
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    if is_citizen(request):
        return redirect(way_back(request, request.GET.get(NEXT, ""), AFTER))
    asking = Asking(request, purpose=codes.Purpose.SIGN_IN)
    form = bind(PhoneForm, request)
    if is_submitted(request) and form.is_valid():
        try:
            asking.send(form.cleaned_data["phone"], request.GET.get(NEXT, ""))
        except CodeProblem as problem:
            form.add_error("phone", str(problem))
        else:
            return redirect("accounts:code")
    return render(request, "accounts/sign_in.html", {"form": form, "ended": ENDED in request.GET})


@acts_for_nobody
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    asking = Asking(request, purpose=codes.Purpose.SIGN_IN)
    if is_citizen(request):  # a double click, or Back after signing in
        return redirect(way_back(request, asking.target, AFTER))
    challenge = asking.challenge()
    if challenge is None:
        return redirect("accounts:sign_in")
    if is_submitted(request) and "resend" in request.POST:
        return resend(asking, challenge.phone, "accounts:code")
    form = bind(CodeForm, request)
    if is_submitted(request) and form.is_valid():
        try:
            user = codes.confirm(
                challenge_id=str(challenge.pk),
                browser=asking.kept["browser"],
                typed=form.cleaned_data["code"],
                language=get_language() or "km",
                known=asking.is_known(challenge.phone),
            )
        except CodeProblem as problem:
            form.add_error("code", str(problem))
        else:
            target = asking.end()
            login(request, user, backend=PHONE_BACKEND)
            step_up.note_phone(request)
            response = redirect(way_back(request, target, AFTER))
            known_phones.remember(request, response, challenge.phone)
            return response
    context = {
        "form": form,
        "phone": local_form(challenge.phone),
        "outlook": asking.outlook(challenge.phone),
    }
    return render(request, "accounts/code.html", context)


def resend(asking: Asking, phone: str, page: str, language: str = "") -> HttpResponse:
    """Send the code once more and show the page of the code again."""
    try:
        asking.send(phone, asking.target, language=language, again=True)
    except CodeProblem as problem:
        messages.warning(asking.request, str(problem))
    else:
        if asking.outlook(phone) is None:  # else the page says what hinders it
            messages.success(asking.request, _("We sent you a code again."))
    return redirect(page)

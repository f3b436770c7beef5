"""The page about one's own account: phone, passkeys, sessions, language of the messages."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dsp_platform.accounts.access import step_up
from dsp_platform.accounts.access.decorators import citizen_required, step_up_required
from dsp_platform.accounts.acting.form_token import account_only
from dsp_platform.accounts.codes import services as codes
from dsp_platform.accounts.codes.code_page import code_page
from dsp_platform.accounts.codes.code_request import CodeRequest
from dsp_platform.accounts.errors import CodeProblem
from dsp_platform.accounts.models import User
from dsp_platform.accounts.my_account import phone_change, selectors, services
from dsp_platform.accounts.my_account.forms import LanguageForm, NewPhoneForm
from dsp_platform.accounts.phones import known_browsers
from dsp_platform.accounts.phones.numbers import local_form
from dsp_platform.accounts.requests import SignedInRequest
from dsp_platform.accounts.sessions import services as sessions
from dsp_platform.accounts.sessions.views import sessions_shown
from dsp_platform.web.forms import bind, is_submitted, never_kept


@account_only
@require_http_methods(["GET", "HEAD", "POST"])
@citizen_required
@never_kept
def account(request: SignedInRequest) -> HttpResponse:
    """POST chooses the language of text messages."""
    form = bind(LanguageForm, request, initial={"language": request.user.language})
    if is_submitted(request) and form.is_valid():
        services.choose_language(account=request.user, language=form.cleaned_data["language"])
        messages.success(request, _("Your choice was saved."))
        return redirect("accounts:account")
    context = {
        "form": form,
        "phone": local_form(request.user.phone or ""),
        "passkeys": request.user.passkeys.order_by("pk"),
        "sessions": sessions_shown(request),
        "history": selectors.history_of(request.user),
    }
    return render(request, "accounts/my_account/account.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@citizen_required
@step_up_required
@never_kept
def new_phone(request: SignedInRequest) -> HttpResponse:
    code_request = _code_request(request)
    form = bind(NewPhoneForm, request)
    if is_submitted(request) and form.is_valid():
        phone = form.cleaned_data["phone"]
        try:
            if phone == request.user.phone:
                form.add_error("phone", _("This is the number your account has now."))
            else:
                code_request.send(phone, "")
                return redirect("accounts:new_phone_code")
        except CodeProblem as problem:
            form.add_error("phone", str(problem))
    context = {"form": form, "phone": local_form(request.user.phone or "")}
    return render(request, "accounts/my_account/new_phone.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@citizen_required
@step_up_required
@never_kept
def new_phone_code(request: SignedInRequest) -> HttpResponse:
    code_request = _code_request(request)
    challenge = code_request.challenge()
    if challenge is None or challenge.phone == request.user.phone:  # a double click, or Back
        return redirect("accounts:account" if challenge else "accounts:new_phone")

    def done(changed: User) -> HttpResponse:
        sessions.renew(request, changed)
        step_up.record_phone(request)
        messages.success(
            request,
            _(
                "Your phone number was changed. You were signed out everywhere else, "
                "and all passkeys were removed."
            ),
        )
        response = redirect("accounts:account")
        known_browsers.remember(request, response, challenge.phone)
        return response

    return code_page(
        code_request,
        challenge,
        "accounts/my_account/new_phone_code.html",
        then=lambda proved: phone_change.change_phone(
            account=request.user, phone=proved.phone, keep=request.session.session_key
        ),
        done=done,
    )


def _code_request(request: SignedInRequest) -> CodeRequest:
    return CodeRequest(request, purpose=codes.Purpose.NEW_PHONE, account=request.user)

"""Staff change their own password or authenticator app, and prove both current ones first."""

import django_otp
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from dsp_platform.accounts.access.decorators import staff_required
from dsp_platform.accounts.requests import SignedInRequest
from dsp_platform.accounts.sessions import services as sessions
from dsp_platform.accounts.staff import services as staff
from dsp_platform.accounts.staff.credential_forms import ChangePasswordForm, ChangeSecondFactorForm
from dsp_platform.accounts.staff_sign_in import authenticator
from dsp_platform.web.forms import bind, is_submitted, never_kept

AFTER = "accounts:sessions"


@sensitive_post_parameters("current_password", "otp_token", "password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
@never_kept
def change_password(request: SignedInRequest) -> HttpResponse:
    form = bind(ChangePasswordForm, request, user=request.user, visit=request)
    if is_submitted(request) and form.is_valid():
        changed = staff.change_password(
            user=request.user,
            password=form.cleaned_data["password"],
            keep=request.session.session_key,
        )
        sessions.renew(request, changed)
        messages.success(request, _("Your password was changed. You were signed out everywhere else."))
        return redirect(AFTER)
    return render(request, "accounts/staff/staff_password.html", {"form": form})


@sensitive_post_parameters("current_password", "otp_token", "new_code")
@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
@never_kept
def change_second_factor(request: SignedInRequest) -> HttpResponse:
    key = authenticator.new_key(request, request.user)
    form = bind(ChangeSecondFactorForm, request, user=request.user, key=key, visit=request)
    if is_submitted(request) and form.is_valid():
        try:
            device = staff.change_second_factor(
                user=request.user,
                key=key,
                code=form.cleaned_data["new_code"],
                keep=request.session.session_key,
            )
        except staff.WrongCode as wrong:
            form.add_error("new_code", str(wrong))
        else:
            authenticator.discard_key(request)
            django_otp.login(request, device)
            sessions.renew(request, request.user)
            messages.success(
                request, _("Your authenticator app was changed. You were signed out everywhere else.")
            )
            return redirect(AFTER)
    context = {"form": form, **authenticator.shown(request.user, key)}
    return render(request, "accounts/staff/staff_second_factor.html", context)

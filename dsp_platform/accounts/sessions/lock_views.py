"""The page of a locked desk: the second factor of its official, or another official signs in."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from dsp_platform.accounts.access.decorators import official_required
from dsp_platform.accounts.access.entry_points import NEXT, safe_next_url
from dsp_platform.accounts.acting.form_token import account_only
from dsp_platform.accounts.assisted_sessions.services import end_open_assisted_session
from dsp_platform.accounts.models import AssistedSession
from dsp_platform.accounts.requests import SignedInRequest
from dsp_platform.accounts.sessions import desk_lock
from dsp_platform.accounts.sessions import services as sessions
from dsp_platform.accounts.sessions.forms import UnlockForm
from dsp_platform.khmer.digits import digits_of
from dsp_platform.web.forms import bind, is_submitted, never_kept


@account_only
@desk_lock.open_while_locked
@sensitive_post_parameters("otp_token")
@require_http_methods(["GET", "HEAD", "POST"])
@official_required
@never_kept
def lock(request: SignedInRequest) -> HttpResponse:
    target = safe_next_url(request, request.GET.get(NEXT, ""), settings.COUNTER_URL)
    if not desk_lock.is_locked(request):
        return redirect(target)
    form = bind(UnlockForm, request)
    if is_submitted(request) and form.is_valid():
        if desk_lock.unlock(request, digits_of(form.cleaned_data["otp_token"])):
            sessions.note_use(request)
            return redirect(target)
        if desk_lock.is_given_up(request):
            end_open_assisted_session(official=request.user, end=AssistedSession.End.SIGNED_OUT)
            logout(request)
            messages.error(request, _("Too many wrong codes. Sign in again."))
            return redirect("accounts:counter_sign_in")
        form.add_error(
            "otp_token", _("The code is not right, or was used. Wait for a new one and try again.")
        )
    return render(request, "accounts/sessions/lock.html", {"form": form})

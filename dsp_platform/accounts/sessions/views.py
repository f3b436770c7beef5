"""Signing out, and the list of one's own sessions."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dsp_platform.accounts.access.decorators import signed_in_required
from dsp_platform.accounts.acting.form_token import account_only, acting_exempt
from dsp_platform.accounts.assisted_sessions.services import end_open_assisted_session
from dsp_platform.accounts.models import AssistedSession
from dsp_platform.accounts.requests import SignedInRequest
from dsp_platform.accounts.sessions import browsers
from dsp_platform.accounts.sessions import services as sessions
from dsp_platform.accounts.sessions.desk_lock import open_while_locked
from dsp_platform.accounts.visitors import is_verified_official
from dsp_platform.audit import services as audit
from dsp_platform.web.forms import is_submitted, never_kept, row_number


@acting_exempt
@open_while_locked
@require_POST
def sign_out(request: SignedInRequest) -> HttpResponse:
    if is_verified_official(request):
        end_open_assisted_session(official=request.user, end=AssistedSession.End.SIGNED_OUT)
    logout(request)
    # From a locked desk: another official signs in, for whom nothing of this one remains.
    return redirect("accounts:counter_sign_in" if "another" in request.POST else settings.LOGOUT_REDIRECT_URL)


@account_only
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_required
@never_kept
def my_sessions(request: SignedInRequest) -> HttpResponse:
    """POST with ``end`` (a session's number) ends that one, with ``end_others`` all but this one, with
    ``end_all`` this one too."""
    if not is_submitted(request):
        return render(request, "accounts/sessions/sessions.html", {"sessions": sessions_shown(request)})
    user = request.user
    if "end_all" in request.POST:
        audit.record(actor=user, action="end_all_sessions", subject_kind="user", subject_id=user.pk)
        if is_verified_official(request):
            end_open_assisted_session(official=user, end=AssistedSession.End.SIGNED_OUT)
        logout(request)
        sessions.end_all(user=user, keep=None)
        messages.success(request, _("You were signed out everywhere."))
        return redirect(settings.LOGOUT_REDIRECT_URL)
    if number := row_number(request.POST.get("end", "")):
        sessions.end_session(user=user, session_id=number)
        messages.success(request, _("The session was ended."))
    elif "end_others" in request.POST:
        sessions.end_all(user=user, keep=request.session.session_key)
        sessions.renew(request, user)
        messages.success(request, _("All other sessions were ended."))
    return redirect("accounts:account" if user.is_citizen else "accounts:sessions")


def sessions_shown(request: SignedInRequest) -> list[dict[str, Any]]:
    return [
        {
            "id": session.pk,
            "browser": browsers.name_of(session.user_agent),
            "began": session.created_at,
            "seen": session.last_seen_at,
            "is_this_one": sessions.is_this_one(request, session),
        }
        for session in sessions.sessions_of(request.user)
    ]

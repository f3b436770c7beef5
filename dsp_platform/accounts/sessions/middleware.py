"""Ends sessions that exceed the idle or absolute lifetime of the user's role."""

from collections.abc import Callable
from datetime import timedelta
from typing import cast

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from dsp_platform.accounts.access.entry_points import redirect_to_sign_in
from dsp_platform.accounts.acting import unsent
from dsp_platform.accounts.requests import SignedInRequest
from dsp_platform.accounts.sessions import desk_lock
from dsp_platform.accounts.sessions import services as sessions

Handler = Callable[[HttpRequest], HttpResponse]
WRITE_INTERVAL = timedelta(minutes=1)


class SessionLifeMiddleware:
    """Ends a session that exceeds the idle or absolute lifetime of its role (``SESSION_LIFE``).

    The assisted session of an official stays open: it has its own lifetime, so that signing in again within
    it returns to the same step. The desk of an official is locked first, see ``desk_lock``.
    ``request.session_seconds`` is the time left, shown by the page.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        visit = cast(SignedInRequest, request)
        visit.session_seconds, visit.unsent, visit.desk_is_locked = None, None, False
        # Without a session cookie there is no user: saves the query.
        if request.session.session_key and visit.user.is_authenticated:
            left = sessions.time_left(request, visit.user, now=timezone.now())
            if left <= timedelta(0) and desk_lock.lock_idle(request):
                left = sessions.time_left(request, visit.user, now=timezone.now())
            if left <= timedelta(0):
                role, user_id, typed = visit.user.role, visit.user.pk, request.POST
                request.sign_out_reason = "idle"  # type: ignore[attr-defined]  # for the audit
                logout(request)
                unsent.save(request, user_id=user_id, typed=typed)
                return redirect_to_sign_in(request, role, ended="idle")
            visit.desk_is_locked = desk_lock.is_locked(request)
            if not visit.desk_is_locked:
                visit.session_seconds = int(left.total_seconds())
        return self.get_response(request)

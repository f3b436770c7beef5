"""How long a session and a case live, and what was refused.

Session and case are looked at on each request, written at most once a minute.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import cast

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from dsp_platform.accounts import services, sessions, unsent
from dsp_platform.accounts.doors import to_door
from dsp_platform.accounts.models import Case, User
from dsp_platform.accounts.requests import SignedInRequest
from dsp_platform.accounts.visitors import is_verified_official
from dsp_platform.audit import services as audit
from dsp_platform.audit.selectors import was_recorded
from dsp_platform.request_time import began_at

Handler = Callable[[HttpRequest], HttpResponse]
WRITE_EVERY = timedelta(minutes=1)


class SessionLifeMiddleware:
    """Ends a session that was idle, or has lasted, too long for the person's role.

    The case of an official is left open: it has its own life, so that signing in again within it
    returns to the same step. ``request.session_seconds`` tells the page how long is left.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        visit = cast(SignedInRequest, request)
        visit.session_seconds, visit.unsent = None, None
        # A request without a session cookie is nobody's: no look into the database for it.
        if request.session.session_key and visit.user.is_authenticated:
            left = sessions.time_left(request, visit.user, now=timezone.now())
            if left <= timedelta(0):
                return _end(request, visit.user)
            visit.session_seconds = int(left.total_seconds())
        return self.get_response(request)


def _end(request: HttpRequest, user: User) -> HttpResponse:
    role, user_id, typed = user.role, user.pk, request.POST
    request.sign_out_reason = "idle"  # type: ignore[attr-defined]  # for the audit
    logout(request)
    unsent.keep(request, user_id=user_id, typed=typed)
    return to_door(request, role, ended="idle")


class CaseMiddleware:
    """Sets ``request.case``: the open case of an official who has shown both factors, or None."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        visit = cast(SignedInRequest, request)
        visit.case = None
        if request.session.session_key and is_verified_official(request):
            visit.case = _live_case(request, timezone.now())
        if request.session.session_key and visit.user.is_authenticated:
            visit.unsent = unsent.take(request, user_id=visit.user.pk)
        return self.get_response(request)


class RefusalMiddleware:
    """Notes which page or act was refused to a member of staff: whoever tries doors is seen.

    Of each page once a minute: whoever asks for it without end would fill the audit with nothing new.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 403 and request.session.session_key:
            user = request.user
            if isinstance(user, User) and not user.is_citizen:
                _note_refusal(request, user)
        return response


def _note_refusal(request: HttpRequest, user: User) -> None:
    page = (request.resolver_match.view_name if request.resolver_match else "")[:64]
    # Of methods there are as many as somebody thinks up.
    details = {"method": request.method if request.method in ("GET", "POST") else ""}
    since = timezone.now() - WRITE_EVERY
    if not was_recorded(actor=user, action="refused", reason=page, details=details, since=since):
        audit.record(actor=user, action="refused", subject_kind="page", reason=page, details=details)


def _live_case(request: HttpRequest, now: datetime) -> Case | None:
    case = Case.objects.filter(official_id=request.user.pk, ended_at=None).first()
    if case is None:
        return None
    case.official = cast(User, request.user)  # known already: every page asks for it
    if began_at(request) - case.seen_at > settings.CASE_LIFE:
        services.end_case(case=case, end=Case.End.IDLE)
        return None
    if now - case.seen_at >= WRITE_EVERY:
        Case.objects.filter(pk=case.pk, ended_at=None).update(seen_at=now)
        case.seen_at = now
    return case

"""Loads the open case of an official, and ends it when it was idle for too long.

The case is read on each request and written at most once a minute.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from dsp_platform.accounts.acting import unsent
from dsp_platform.accounts.assisted_sessions.services import end_case
from dsp_platform.accounts.models import Case, User
from dsp_platform.accounts.requests import SignedInRequest
from dsp_platform.accounts.visitors import is_verified_official
from dsp_platform.web.request_time import began_at

Handler = Callable[[HttpRequest], HttpResponse]
WRITE_EVERY = timedelta(minutes=1)


class CaseMiddleware:
    """Sets ``request.case``: the open case of an official who has proved both factors, or None."""

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


def _live_case(request: HttpRequest, now: datetime) -> Case | None:
    case = Case.objects.filter(official_id=request.user.pk, ended_at=None).first()
    if case is None:
        return None
    case.official = cast(User, request.user)  # loaded already: saves a query on each page
    if began_at(request) - case.seen_at > settings.CASE_LIFE:
        end_case(case=case, end=Case.End.IDLE)
        return None
    if now - case.seen_at >= WRITE_EVERY:
        Case.objects.filter(pk=case.pk, ended_at=None).update(seen_at=now)
        case.seen_at = now
    return case

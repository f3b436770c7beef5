"""Loads the open assisted session of an official, and ends it when it was idle for too long.

The assisted session is read on each request and written at most once a minute.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from dsp_platform.accounts.acting import unsent
from dsp_platform.accounts.assisted_sessions.services import end_assisted_session
from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.accounts.requests import SignedInRequest
from dsp_platform.accounts.visitors import is_verified_official
from dsp_platform.web.middleware import clear_cache
from dsp_platform.web.request_time import began_at

Handler = Callable[[HttpRequest], HttpResponse]
WRITE_INTERVAL = timedelta(minutes=1)


class AssistedSessionMiddleware:
    """Sets ``request.assisted_session``: the open assisted session of an official who has proved both
    factors, or None.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        visit = cast(SignedInRequest, request)
        visit.assisted_session = None
        if visit.desk_is_locked:  # its case and what was typed wait until it is unlocked
            return self.get_response(request)
        if request.session.session_key and is_verified_official(request):
            visit.assisted_session = _live_assisted_session(request, timezone.now())
        if request.session.session_key and visit.user.is_authenticated:
            visit.unsent = unsent.restore(request, user_id=visit.user.pk)
        return self.get_response(request)


def _live_assisted_session(request: HttpRequest, now: datetime) -> AssistedSession | None:
    assisted_session = AssistedSession.objects.filter(official_id=request.user.pk, ended_at=None).first()
    if assisted_session is None:
        return None
    assisted_session.official = cast(User, request.user)  # loaded already: saves a query on each page
    if began_at(request) - assisted_session.seen_at > settings.ASSISTED_SESSION_LIFE:
        end_assisted_session(assisted_session=assisted_session, end=AssistedSession.End.IDLE)
        clear_cache(request)
        return None
    if now - assisted_session.seen_at >= WRITE_INTERVAL:
        AssistedSession.objects.filter(pk=assisted_session.pk, ended_at=None).update(seen_at=now)
        assisted_session.seen_at = now
    return assisted_session

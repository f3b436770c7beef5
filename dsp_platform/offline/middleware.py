"""Forms that a device kept while offline: opened before any view sees them, and answered for a script."""

from collections.abc import Callable
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.deprecation import MiddlewareMixin

from dsp_platform.accounts.acting import form_token
from dsp_platform.accounts.models import User
from dsp_platform.accounts.visitors import assisted_session_of, is_verified_official
from dsp_platform.encryption.sealed import CannotOpen
from dsp_platform.offline.kept import is_kept
from dsp_platform.offline.once import (
    OUTCOME,
    again,
    came_late,
    gone,
    is_written_since,
    needs_you,
    once,
    or_needs_you,
)
from dsp_platform.offline.sent import HEADER, Sent, device_account, sent, sent_of
from dsp_platform.web.middleware import busy

NEXT = "Offline-Next"


class OfflineMiddleware:
    """After the assisted session is known, and before the form's token is compared with it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            request.offline = sent_of(request)  # type: ignore[attr-defined]
        except CannotOpen:
            return _refused("unreadable", 400)
        response = self.get_response(request)
        # Of an address that no view has, no middleware is asked.
        is_unknown = response.status_code == 404 and request.resolver_match is None
        if is_unknown and (now := _of_device(request)):
            response = _refusal(request, now) or gone(request, now)
        return _for_script(request, response)

    def process_view(
        self, request: HttpRequest, view: Any, args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        if (now := _of_device(request)) is None:
            return None
        if (refusal := _refusal(request, now)) is not None:
            return refusal
        if not is_kept(view):
            return gone(request, now)
        return _or_busy(request, now, lambda: _answered_early(request, now, view))


class OnceMiddleware(MiddlewareMixin):
    """The last one, so that every check of the others was made: applies what has a key once."""

    def process_view(
        self, request: HttpRequest, view: Any, args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        now = sent(request)
        if now is None or not is_verified_official(request) or not is_kept(view):
            return None

        def apply() -> HttpResponse:
            if form_token.is_checked(view) and is_written_since(request, now):
                return once(request, now, lambda item: needs_you(request, now, item, "written_since"))
            return once(request, now, lambda _item: view(request, *args, **kwargs))

        return _or_busy(request, now, apply)


def _of_device(request: HttpRequest) -> Sent | None:
    now = sent(request)
    return now if now and now.is_sealed and is_verified_official(request) else None


def _refusal(request: HttpRequest, now: Sent) -> HttpResponse | None:
    is_another = now.account != device_account(cast(User, request.user))
    return _refused("another", 403) if is_another else None


def _answered_early(request: HttpRequest, now: Sent, view: Any) -> HttpResponse | None:
    if (response := again(request, now)) is not None:
        return response
    # Otherwise ActingMiddleware would refuse it, and what was typed would be nowhere.
    if form_token.is_checked(view) and not form_token.matches_page(request, view):
        shown = form_token.shown(request)
        if shown and not shown.assisted_session and assisted_session_of(request):
            return _refused("case_open", 409)  # written outside of a case: sent when this one is over
        return came_late(request, now)
    return None


def _or_busy(
    request: HttpRequest, now: Sent, apply: Callable[[], HttpResponse | None]
) -> HttpResponse | None:
    """Django asks no middleware about an exception of process_view."""
    try:
        return or_needs_you(request, now, apply)
    except Exception as exception:
        if (answer := busy(request, exception)) is None:
            raise
        return answer


def _refused(outcome: str, status: int) -> HttpResponse:
    return HttpResponse(outcome, status=status, content_type="text/plain", headers={OUTCOME: outcome})


def _for_script(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A script cannot read where a redirect leads."""
    now = sent(request)
    if now is None or not request.headers.get(HEADER):
        return response
    if 300 <= response.status_code < 400 and response.get("Location"):
        response.headers[NEXT] = response["Location"]
        del response.headers["Location"]
        response.status_code = 200
    if now.outcome:
        response.headers[OUTCOME] = now.outcome
    return response

"""Refuses a submitted form whose page was shown for somebody else, before any view runs."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin

from dsp_platform.accounts.acting import form_token, unsent
from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.accounts.requests import SignedInRequest

SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")


class ActingMiddleware(MiddlewareMixin):
    """Every view is checked by default; ``acting_exempt`` exempts one."""

    def process_view(
        self, request: HttpRequest, view: Any, args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        if (
            request.method in SAFE
            or not form_token.is_checked(view)
            or form_token.matches_page(request, view)
        ):
            return None
        return refused(request)


def refused(request: HttpRequest) -> HttpResponse:
    """Says for whom the page was shown and for whom the user acts now. The form data is saved."""
    sent, now = form_token.shown(request), form_token.acting(request)
    visit = cast(SignedInRequest, request)
    same_account = bool(sent and now and sent.user == now.user)
    context: dict[str, Any] = {"same_account": same_account, "signed_in": now is not None}
    if sent and now and same_account:
        unsent.save(request, user_id=visit.user.pk, typed=request.POST)
        context |= {
            "was": _describe(visit.user, sent),
            "now": _describe(visit.user, now),
            "assisted_session_is_open": bool(now.assisted_session),
            "ended": (
                AssistedSession.objects.filter(pk=sent.assisted_session, official=visit.user)
                .exclude(ended_at=None)
                .first()
                if sent.assisted_session
                else None
            ),
            "other_assisted_session": sent.assisted_session != now.assisted_session,
        }
    return render(request, "accounts/acting/shown_for_another.html", context, status=409)


def _describe(user: User, acting: form_token.Acting) -> dict[str, Any]:
    return form_token.registered.describe(user, acting.subject) if acting.subject else {}

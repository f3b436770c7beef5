"""Audits pages that were refused to a member of staff."""

from collections.abc import Callable
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from dsp_platform.accounts.models import User
from dsp_platform.audit import services as audit
from dsp_platform.audit.selectors import was_recorded

Handler = Callable[[HttpRequest], HttpResponse]
WRITE_INTERVAL = timedelta(minutes=1)


class RefusalMiddleware:
    """Records in the audit which page was refused to a member of staff, so that probing is noticed.

    At most once a minute for each page, so that repeated requests do not flood the audit.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        user = request.user if response.status_code == 403 and request.session.session_key else None
        if isinstance(user, User) and not user.is_citizen:
            page = (request.resolver_match.view_name if request.resolver_match else "")[:64]
            # The method of a request is arbitrary text of the client.
            details = {"method": request.method if request.method in ("GET", "POST") else ""}
            since = timezone.now() - WRITE_INTERVAL
            if not was_recorded(actor=user, action="refused", reason=page, details=details, since=since):
                audit.record(actor=user, action="refused", subject_kind="page", reason=page, details=details)
        return response

"""Error pages: in the reader's language, with a way onward, and never with personal data."""

import sys

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.defaults import server_error as django_server_error

RETRY_SECONDS = 60
# SQLSTATE of a statement that was cut off: it took longer than the web server lets it, see wsgi.py.
_CUT_OFF = "57014"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Called while the failure is being handled."""
    if _took_too_long(sys.exception()):
        page = render(None, "503.html", status=503)  # no context processors either
        page["Retry-After"] = str(RETRY_SECONDS)
        return page
    # Django's own view renders without context processors, so that a dead database still has a page.
    return django_server_error(request, "500.html")


def _took_too_long(failure: BaseException | None) -> bool:
    return isinstance(failure, OperationalError) and getattr(failure.__cause__, "sqlstate", "") == _CUT_OFF

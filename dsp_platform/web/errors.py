"""Error pages in the reader's language, without personal data; and errors that several packages raise."""

import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.defaults import server_error as django_server_error

from dsp_platform.database.sqlstates import CANCELLED, is_ended_by

RETRY_SECONDS = 60


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Called while the exception is being handled."""
    # Longer than the web server lets a statement take, see wsgi.py.
    if is_ended_by(sys.exception(), CANCELLED):
        page = render(None, "503.html", status=503)  # no context processors either
        page["Retry-After"] = str(RETRY_SECONDS)
        return page
    # Django's own view renders without context processors, so that a dead database still has a page.
    return django_server_error(request, "500.html")


class NotApproved(Exception):
    """Nothing was changed."""

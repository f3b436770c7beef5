from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from dsp_platform import locks

# Answered over plain HTTP: to a probe a redirect is an answer, and it would never see a failure.
PROBES = ("/healthz", "/readyz")


class MachinesByHttpsMiddleware:
    """Whoever sends a secret without https to an address for machines is refused.

    A machine follows a redirect without a word, so its secret would travel in plain each time, unnoticed.
    A probe carries no secret.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SECURE_SSL_REDIRECT and not request.is_secure() and request.path_info not in PROBES:
            # Whatever came so far was not sent on to https by the middleware before this one.
            return HttpResponse("https only", status=403, content_type="text/plain; charset=utf-8")
        return self.get_response(request)


class NoStoreMiddleware:
    """A page made for a signed-in person, or holding what someone typed, is never kept by a cache.

    Commune laptops and phones are shared: the next person must not find it with the Back button. Signing
    out makes the browser forget what it may have kept all the same.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # After a crash nothing is looked at again: it may have been the database that is gone.
        if request.method not in ("GET", "HEAD") or response.status_code >= 500 or _is_personal(request):
            add_never_cache_headers(response)
        if getattr(request, "signed_out", False):
            response["Clear-Site-Data"] = '"cache"'
        return response


def _is_personal(request: HttpRequest) -> bool:
    """Whoever is signed in has a session, and it was looked at to know them."""
    return bool(request.session.accessed and request.session.keys())


class HeadMiddleware:
    """Asking for the head of a page uses nothing up: what is shown once is still there for who then reads it.

    Neither the session nor a cookie, which carry such pages and messages, is written for it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "HEAD" and not getattr(request, "signed_out", False):
            request.session.modified = False
            response.cookies.clear()
        return response


class NoNulMiddleware:
    """PostgreSQL holds no NUL sign: an address with one names nothing, and is no reason for a crash."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            raise SuspiciousOperation("an address with a NUL sign")
        return self.get_response(request)


class BusyMiddleware:
    """Somebody else held for too long what this request needed: it changed nothing and may be sent again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not locks.is_timeout(exception):
            return None
        response = render(request, "busy.html", status=503)
        response["Retry-After"] = "15"
        return response

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.deprecation import MiddlewareMixin

from dsp_platform.database import locks

# Answered over plain HTTP: a probe takes a redirect for success, and would never see a failure.
PROBES = ("/healthz", "/readyz")


class MachinesByHttpsMiddleware:
    """Refuses plain HTTP on addresses for machines, except for probes, which carry no secret.

    A client program would follow a redirect silently and send its secret in plain text each time.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SECURE_SSL_REDIRECT and not request.is_secure() and request.path_info not in PROBES:
            # SecurityMiddleware did not redirect this request, so its address is exempt.
            return HttpResponse("https only", status=403, content_type="text/plain; charset=utf-8")
        return self.get_response(request)


def clear_cache(request: HttpRequest) -> None:
    """The answer makes the browser forget the pages so far, such as those of a case that has ended."""
    request.clears_cache = True  # type: ignore[attr-defined]


class NoStoreMiddleware:
    """Forbids caches to store pages of signed-in people and answers to what somebody typed.

    Commune laptops and phones are shared: the next person must not find a page with the Back button. Signing
    out, and ending a case (``clear_cache``), also clears the browser's cache. Not its storage: what could not
    be sent yet lies there, encrypted, and signing out wipes the keys (dsp_platform/offline).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # After an error the session is not read again: the database may be down.
        if (
            request.method not in ("GET", "HEAD")
            or response.status_code >= 500
            # The session of somebody signed in has been read by now.
            or (request.session.accessed and request.session.keys())
        ):
            add_never_cache_headers(response)
        if getattr(request, "signed_out", False) or getattr(request, "clears_cache", False):
            response["Clear-Site-Data"] = '"cache"'
        return response


class HeadMiddleware:
    """HEAD changes nothing: pages and messages that are shown once are still there for the GET that follows.

    Such pages and messages are in the session or in a cookie, so neither is written.
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
    """Refuses NUL characters in addresses: PostgreSQL texts cannot contain them, and a query would fail."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            raise SuspiciousOperation("an address with a NUL sign")
        return self.get_response(request)


class BusyMiddleware(MiddlewareMixin):
    """Answers 503 after a lock timeout: nothing was changed, and the request may be sent again."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return busy(request, exception)


def busy(request: HttpRequest, exception: Exception) -> HttpResponse | None:
    """None for anything but a lock timeout."""
    if not locks.is_timeout(exception):
        return None
    response = render(request, "busy.html", status=503)
    response["Retry-After"] = "15"
    return response

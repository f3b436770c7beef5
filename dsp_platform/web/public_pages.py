"""Pages that are the same for every visitor, in a cache of each process for ``PUBLIC_PAGE_SECONDS``.

Only for a visitor who brings no cookie but those of the language and of CSRF: without a session and without a
waiting message, nothing of a person can be in the page. A page that set a cookie or began a session is not
stored either. Why not ``cache_page``: docs/adr/0019-cache-of-public-pages.md.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.cache import add_never_cache_headers, get_conditional_response, set_response_etag
from django.utils.crypto import get_random_string

LONGEST_KEY = 240  # Django warns of keys above 250 characters, its own prefix included
# Stands in a stored page where each visitor's CSRF token belongs. Random, so that nobody can put it into an
# address that the page repeats, and have a token written there.
TOKEN_PLACEHOLDER = get_random_string(40)


class PublicPagesMiddleware:
    """Stands last, so that everything before it is done for a stored page as for any other."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        key = getattr(request, "public_page", None)
        if key is None:
            return response
        if _is_the_same_for_all(request, response):
            if TOKEN_PLACEHOLDER.encode() in response.content:
                add_never_cache_headers(response)
            else:
                set_response_etag(response)
            caches["public_pages"].set(key, response, settings.PUBLIC_PAGE_SECONDS)
        return _with_token(request, response)

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponseBase | None:
        if not _is_public(request):
            return None
        _leave_out_unknown(request)
        # With the day: what opens, closes or changes its amount on a day is told from midnight on.
        key = f"{timezone.localdate()}:{request.build_absolute_uri()}"
        if len(key) > LONGEST_KEY:
            return None
        stored = caches["public_pages"].get(key)
        if stored is None:
            request.public_page = key  # type: ignore[attr-defined]
            return None
        response, etag = _with_token(request, stored), stored.get("ETag")
        return get_conditional_response(request, etag, response=response) if etag else response


def _leave_out_unknown(request: HttpRequest) -> None:
    """Else each address with something behind it would be rendered anew, and push another page out. The page
    itself does not see it either: it is kept for others."""
    match = request.resolver_match
    names = settings.PUBLIC_PAGES[match.view_name] if match else ()
    known = {name: request.GET[name] for name in names if name in request.GET}
    request.META["QUERY_STRING"] = urlencode(known)
    request.GET = QueryDict(request.META["QUERY_STRING"])


def token_context(request: HttpRequest) -> dict[str, str]:
    """A context processor: the placeholder instead of the token, in a page that may be stored."""
    return {"csrf_token": TOKEN_PLACEHOLDER} if hasattr(request, "public_page") else {}


def _with_token(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    placeholder = TOKEN_PLACEHOLDER.encode()
    if placeholder in response.content:
        response.content = response.content.replace(placeholder, get_token(request).encode())
    return response


def _is_public(request: HttpRequest) -> bool:
    harmless = {settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME}
    return bool(
        settings.PUBLIC_PAGE_SECONDS
        and request.method == "GET"
        and request.resolver_match
        and request.resolver_match.view_name in settings.PUBLIC_PAGES
        and set(request.COOKIES) <= harmless
        and "Authorization" not in request.headers
    )


def _is_the_same_for_all(request: HttpRequest, response: HttpResponse) -> bool:
    return not (
        response.status_code != 200
        or response.cookies
        or request.session.modified
        or request.session.keys()
        or request.user.is_authenticated
        # The page has a token in another place than a form's.
        or request.META.get("CSRF_COOKIE_NEEDS_UPDATE")
    )

"""Pages that look the same to every visitor are drawn once in a while, and kept by each process for seconds.

Only for a visitor who brings no cookie but those of the language and of CSRF: no session, no message that
waits, so nothing of a person can be in the page. A page with which a cookie or a session went out is not kept
either. The CSRF tokens of its forms are cut out before it is kept, and each visitor gets their own put in.
"""

import hashlib
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.middleware.csrf import get_token
from django.utils.cache import add_never_cache_headers

MOST_PAGES = 256
LONGEST_ADDRESS = 300
_TOKEN = re.compile(rb'(?<=name="csrfmiddlewaretoken" value=")[^"]*(?=")')


@dataclass(frozen=True)
class Kept:
    """``parts`` of the body, between which each visitor's token belongs. Such a page has no ``tag``."""

    parts: tuple[bytes, ...]
    headers: tuple[tuple[str, str], ...]
    tag: str
    until: float

    def answer(self, request: HttpRequest) -> HttpResponse:
        if len(self.parts) > 1:
            body = get_token(request).encode().join(self.parts)
            return HttpResponse(body, headers=dict(self.headers))
        if request.headers.get("If-None-Match") == self.tag:
            return HttpResponseNotModified(headers={"ETag": self.tag})
        return HttpResponse(self.parts[0], headers=dict(self.headers))


_pages: OrderedDict[str, Kept] = OrderedDict()
_turn = threading.Lock()


def forget() -> None:
    with _turn:
        _pages.clear()


class PublicPagesMiddleware:
    """Stands last, so that everything before it is done for a kept page as for any other."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        key = getattr(request, "public_page", None)
        if key and _is_the_same_for_all(request, response):
            _keep(request, key, response)
        return response

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponse | None:
        if not _is_public(request):
            return None
        key = request.build_absolute_uri()
        with _turn:
            kept = _pages.get(key)
        if kept and kept.until > time.monotonic():
            return kept.answer(request)
        request.public_page = key  # type: ignore[attr-defined]
        return None


def _is_public(request: HttpRequest) -> bool:
    harmless = {settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME}
    return bool(
        settings.PUBLIC_PAGE_SECONDS
        and request.method == "GET"
        and request.resolver_match
        and request.resolver_match.view_name in settings.PUBLIC_PAGES
        and set(request.COOKIES) <= harmless
        and "Authorization" not in request.headers
        and len(request.get_full_path()) <= LONGEST_ADDRESS
    )


def _is_the_same_for_all(request: HttpRequest, response: HttpResponse) -> bool:
    return not (
        response.status_code != 200
        or response.streaming
        or response.cookies
        or request.session.modified
        or request.session.keys()
        or request.user.is_authenticated
    )


def _keep(request: HttpRequest, key: str, response: HttpResponse) -> None:
    parts = tuple(_TOKEN.split(response.content))
    if len(parts) == 1 and request.META.get("CSRF_COOKIE_NEEDS_UPDATE"):
        return  # a token went out, in another place than a form's
    tag = ""
    if len(parts) == 1:
        response["ETag"] = tag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    else:
        add_never_cache_headers(response)
    until = time.monotonic() + settings.PUBLIC_PAGE_SECONDS
    with _turn:
        _pages[key] = Kept(parts, tuple(response.headers.items()), tag, until)
        _pages.move_to_end(key)
        while len(_pages) > MOST_PAGES:
            _pages.popitem(last=False)

"""Network and account of the current request, for limits.

Services do not get the request as an argument; where they count something against its sender, they ask here.
In workers and commands there is none, and nothing is counted.
"""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from dsp_platform.encryption import crypto
from dsp_platform.web.addresses import client_address, network_of

_request: ContextVar[HttpRequest | None] = ContextVar("request of the origin", default=None)


@dataclass(frozen=True, slots=True)
class Origin:
    """Keyed digests, so that counters reveal neither an address nor an account.

    ``account`` is None for visitors. ``browser`` is derived from the CSRF cookie: None without it,
    another one after it was deleted.
    """

    network: bytes
    account: bytes | None
    browser: bytes | None = None


class OriginMiddleware:
    """Must come after AuthenticationMiddleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        before = _request.set(request)
        try:
            return self.get_response(request)
        finally:
            _request.reset(before)


def current() -> Origin | None:
    """None for staff too, whose work legitimately causes many messages.

    Call it only where something is counted: it may query the session.
    """
    request = _request.get()
    if request is None or request.user.is_staff:
        return None
    user = request.user
    cookie = request.COOKIES.get(settings.CSRF_COOKIE_NAME, "")
    return Origin(
        # Requests without an address, as by a socket of this machine, are one network.
        network=crypto.digest("network of a request", network_of(client_address(request))),
        account=crypto.digest("account of a request", str(user.pk)) if user.is_authenticated else None,
        browser=crypto.digest("browser of a request", cookie) if cookie else None,
    )

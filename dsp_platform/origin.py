"""On whose account work is done: the network and the account of the request that is being answered.

Services are not handed the request. What they count against whoever caused it, they ask for here; a worker or
a command was caused by nobody, and nothing is counted.
"""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from dsp_platform import crypto
from dsp_platform.addresses import client_address, network_of

_request: ContextVar[HttpRequest | None] = ContextVar("request of the origin", default=None)


@dataclass(frozen=True, slots=True)
class Origin:
    """Keyed digests, so that neither an address nor an account can be read from what is counted.

    ``account`` is None for visitors. ``browser`` is None for one without the cookie that every form brings;
    whoever wants another one throws that cookie away.
    """

    network: bytes
    account: bytes | None
    browser: bytes | None = None


class OriginMiddleware:
    """Stands behind the one that tells who is signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        before = _request.set(request)
        try:
            return self.get_response(request)
        finally:
            _request.reset(before)


def current() -> Origin | None:
    """Nobody for reviewers and stewards too, who cause many messages by right.

    Asked only where something is counted: who is signed in costs a query of the session.
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

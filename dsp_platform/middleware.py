from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers


class NoStoreMiddleware:
    """A page made for a signed-in person, or holding what someone typed, is never kept by a cache.

    Commune laptops and phones are shared: the next person must not find it with the Back button.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        personal = request.user.is_authenticated or (request.session.accessed and request.session.keys())
        if personal or request.method not in ("GET", "HEAD"):
            add_never_cache_headers(response)
        return response

"""A cache of selectors that lives as long as one request.

Several domains compose a page together, and each selects the person, the household and its members by itself.
Only for GET and HEAD, and for searches, which are sent by POST so that no name gets into an address: requests
that change something always read from the database.
"""

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

from django.http import HttpRequest, HttpResponse

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

_results: ContextVar[dict[Any, Any] | None] = ContextVar("request_cache", default=None)
_WRITING: dict[Any, Any] = {}
"""Instead of results, in a request that may change something."""


class RequestCacheMiddleware:
    """After middleware that changes something even on GET, as the end of an assisted session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = _results.set({} if request.method in ("GET", "HEAD") else _WRITING)
        try:
            return self.get_response(request)
        finally:
            _results.reset(token)


def only_reads() -> None:
    """From here on this request changes nothing but the access log."""
    if _results.get() is _WRITING:
        _results.set({})


def cached_per_request(select: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """For selectors with hashable arguments. Each caller gets its own copy of a list, but shares the rows."""

    @wraps(select)
    def cached(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        results = _results.get()
        if results is None or results is _WRITING:
            return select(*args, **kwargs)
        key = (select, args, *sorted(kwargs.items()))
        if key not in results:
            results[key] = select(*args, **kwargs)
        result = results[key]
        return cast(Result, list(result)) if isinstance(result, list) else result

    return cached


def remember(select: Callable[Arguments, Result], result: Result, *args: Any) -> None:
    """What a cached selector would return for these arguments, where the caller has read it already."""
    results = _results.get()
    if results is not None and results is not _WRITING:
        results[(cast(Any, select).__wrapped__, args)] = result

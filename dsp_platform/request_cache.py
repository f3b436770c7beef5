"""While one page is made, the same question is asked of the database once.

Several domains draw a page together, and each asks for the person, the household and its members by itself.
Only while a page is looked at (GET): what changes something reads everything anew. Nothing outlives the page.
"""

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

from django.http import HttpRequest, HttpResponse

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")

_answers: ContextVar[dict[Any, Any] | None] = ContextVar("answers", default=None)


class OncePerPageMiddleware:
    """Stands behind those who change something on a look, as the end of a case."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return self.get_response(request)
        page = _answers.set({})
        try:
            return self.get_response(request)
        finally:
            _answers.reset(page)


def cached_per_request(ask: Callable[Asked, Answer]) -> Callable[Asked, Answer]:
    """For selectors with hashable arguments. A list is everybody's own; the rows in it are shared."""

    @wraps(ask)
    def asked(*args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
        answers = _answers.get()
        if answers is None:
            return ask(*args, **kwargs)
        key = (ask, args, *sorted(kwargs.items()))
        if key not in answers:
            answers[key] = ask(*args, **kwargs)
        answer = answers[key]
        return cast(Answer, list(answer)) if isinstance(answer, list) else answer

    return asked

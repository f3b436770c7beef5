"""What a domain tells the platform about what its officials write without a line."""

from collections.abc import Callable

from django.http import HttpRequest

from dsp_platform.accounts.acting.form_token import Acting

LateAnswer = Callable[[HttpRequest, Acting], str]
_late_answers: list[LateAnswer] = []


def register_late_answer(handler: LateAnswer) -> None:
    """``handler(request, shown)`` stores the form of a page that was shown in a case which has ended since,
    such as in the draft of that case. It returns the path where the official goes on; "" where the form is
    not its own, or does not fit any more. ``request.user`` is who wrote it.
    """
    _late_answers.append(handler)


def late_answer(request: HttpRequest, shown: Acting) -> str:
    return next(filter(None, (handler(request, shown) for handler in _late_answers)), "")

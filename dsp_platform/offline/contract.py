"""What a domain tells the platform about what its officials write without a line."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from dsp_platform.accounts.acting.form_token import Acting
from dsp_platform.accounts.models import User

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


Pack = Callable[[User], dict[str, Any]]
_packs: list[Pack] = []


def register_pack(pack: Pack) -> None:
    """``pack(official)``: what their device needs besides a page to write offline. Nothing about people."""
    _packs.append(pack)


def pack_for(official: User) -> dict[str, Any]:
    return {name: what for pack in _packs for name, what in pack(official).items()}

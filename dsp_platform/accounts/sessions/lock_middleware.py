"""Hides every page of a locked desk."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.deprecation import MiddlewareMixin
from django.utils.http import urlencode

from dsp_platform.accounts.access.entry_points import NEXT, return_path
from dsp_platform.accounts.acting import unsent
from dsp_platform.accounts.requests import SignedInRequest
from dsp_platform.accounts.sessions import desk_lock
from dsp_platform.accounts.visitors import is_verified_official


class DeskLockMiddleware(MiddlewareMixin):
    """After the CSRF token was compared: the button locks from every page, and keeps what was typed there."""

    def process_view(
        self, request: HttpRequest, view: Any, args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        if not request.session.session_key or not is_verified_official(request):
            return None
        is_pressed = request.method == "POST" and desk_lock.BUTTON in request.POST
        if is_pressed and not desk_lock.is_locked(request):
            desk_lock.lock(request, why="button")
        elif not desk_lock.is_locked(request) or (desk_lock.is_open_while_locked(view) and not is_pressed):
            return None
        # What a device sends again is sealed, and stays there until it is taken.
        if not desk_lock.is_open_while_locked(view) and "sealed" not in request.POST:
            typed = request.POST.copy()
            typed.pop(desk_lock.BUTTON, None)
            unsent.save(request, user_id=cast(SignedInRequest, request).user.pk, typed=typed)
        query = urlencode({NEXT: return_path(request)})
        return HttpResponseRedirect(f"{reverse('accounts:lock')}?{query}")

"""What is not sent yet, and what of it needs the official; and what a device asks before it sends."""

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from dsp_platform.accounts.access.decorators import official_required
from dsp_platform.accounts.acting.form_token import account_only
from dsp_platform.accounts.models import User
from dsp_platform.accounts.sessions import desk_lock
from dsp_platform.accounts.visitors import is_verified_official
from dsp_platform.offline import services
from dsp_platform.offline.contract import pack_for
from dsp_platform.offline.permits import permit_for
from dsp_platform.offline.reasons import reason_in_words
from dsp_platform.offline.sent import device_account, key_of
from dsp_platform.offline.titles import title_in_words, titles_on_device
from dsp_platform.offline.typed import typed_in_words


@require_safe
def unsent_list(request: HttpRequest) -> HttpResponse:
    """Without a line the service worker shows it for every page, as it is for visitors; then its script tells
    what happened."""
    needed = services.waiting_for(cast(User, request.user)) if is_verified_official(request) else []
    rows = [(one, title_in_words(one), reason_in_words(one), typed_in_words(one)) for one in needed]
    told = {"needed": rows, "days": services.DEVICE_DAYS, "titles": titles_on_device()}
    return render(request, "offline/list.html", told)


@desk_lock.open_while_locked
@never_cache
@require_safe
def status(request: HttpRequest) -> JsonResponse:
    """Whether there is a connection, who is signed in, and the token to send with; with ``pack`` what a
    device needs to write offline. At a locked desk nobody is.
    """
    if not is_verified_official(request) or desk_lock.is_locked(request):
        return JsonResponse({"account": ""})
    official = cast(User, request.user)
    told: dict[str, Any] = {"account": device_account(official), "csrf": get_token(request)}
    if "pack" in request.GET:
        told |= {"permit": permit_for(request), "pack": pack_for(official)}
    return JsonResponse(told)


@account_only
@official_required
@require_POST
def settle(request: HttpRequest) -> HttpResponse:
    key = key_of(request.POST.get("item", ""))
    if key and services.settle(official=cast(User, request.user), item_id=key):
        messages.success(request, _("It was taken off the list."))
    return redirect("offline:list")

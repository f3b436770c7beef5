"""A form is applied once, whatever is lost on the way: its key is stored in the same transaction."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.csrf import csrf_protect

from dsp_platform.accounts.acting import form_token
from dsp_platform.accounts.models import User
from dsp_platform.background import workers
from dsp_platform.database import locks, sqlstates
from dsp_platform.offline.contract import late_answer
from dsp_platform.offline.models import OfflineItem
from dsp_platform.offline.sent import APPLIED, NEEDS_YOU, Sent, sent
from dsp_platform.web.forms import is_saved

View = Callable[..., HttpResponse]
LIST = "offline:list"
OUTCOME = "Offline-Outcome"
FAILED = (500, 501)
"""Answers that mean the same the next time; others of the server say that it cannot now."""
_WHY = "offline_why"

logger = logging.getLogger(__name__)


def sealed_only(view: View) -> View:
    """A view that takes what a device sealed, and no form of any page: none says for whom it was shown."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        now = sent(request)
        if request.method == "POST" and not (now and now.is_sealed):
            return HttpResponse(status=409)
        return view(request, *args, **kwargs)

    return guarded


def again(request: HttpRequest, now: Sent) -> HttpResponse | None:
    """The answer to what was applied before; None where it was not."""
    item = OfflineItem.objects.filter(pk=now.key).first()
    return _answered_before(request, now, item) if item else None


def is_written_since(request: HttpRequest, now: Sent) -> bool:
    """Whether the official sent this page again, after they had written what comes only now."""
    if not now.is_sealed or now.written_at is None:
        return False
    later = OfflineItem.objects.filter(
        official=cast(User, request.user), page=request.path[:200], written_at__gt=now.written_at
    )
    return later.filter(state=OfflineItem.State.APPLIED).exclude(pk=now.key).exists()


def once(request: HttpRequest, now: Sent, apply: Callable[[OfflineItem], HttpResponse]) -> HttpResponse:
    """A second request with this key waits for the first one, and is answered like it.

    A redirect alone says nothing: it is applied where the view says so (``web.forms.saved``), or tells it.
    """
    refusal: Exception | None = None
    with transaction.atomic():
        item, is_new = OfflineItem.objects.get_or_create(
            pk=now.key,
            defaults={
                "official": cast(User, request.user),
                "page": request.path[:200],
                "written_at": now.written_at or timezone.now(),
            },
        )
        if not is_new:
            return _answered_before(request, now, item)
        try:
            response = apply(item)
        except (PermissionDenied, Http404) as refused:
            refusal, response = refused, HttpResponse(status=403)
        if now.outcome:
            return response
        is_refused = 400 <= response.status_code < 500 and OUTCOME not in response.headers
        if now.is_sealed and is_refused:
            return needs_you(request, now, item, "refused")
        if refusal:
            item.delete()  # raised below, so that what was recorded of it stays
        elif response.status_code >= 500:
            transaction.set_rollback(True)
        elif not 300 <= response.status_code < 400:
            item.delete()  # the page says what is wrong, and shows what was typed
        elif why := getattr(request, _WHY, ""):
            return needs_you(request, now, item, why)
        elif is_saved(request):
            item.next = response["Location"][:200]
            item.save(update_fields=["next"])
            now.outcome = APPLIED
        elif now.is_sealed:
            return needs_you(request, now, item, "not_saved", response["Location"])
        else:
            item.delete()
    if refusal:
        raise refusal
    return response


def or_needs_you(
    request: HttpRequest, now: Sent, apply: Callable[[], HttpResponse | None]
) -> HttpResponse | None:
    """As ``apply`` answers. Where the platform fails at what was sealed, it is the official's, in a
    transaction after the one that was rolled back: it would fail each time that the device sends it.
    """
    try:
        response = apply()
    except Exception as error:
        if not now.is_sealed or locks.is_timeout(error) or sqlstates.is_passing(error):
            raise
        logger.exception("what came from a device could not be applied")
    else:
        if response is None or not now.is_sealed or response.status_code not in FAILED:
            return response
    workers.count_fault("offline")
    request.session.modified = False
    now.outcome = ""
    return once(request, now, lambda item: needs_you(request, now, item, "failed"))


@csrf_protect
def gone(request: HttpRequest, now: Sent) -> HttpResponse:
    """What was sealed for a page that is no more, or that takes nothing of devices any more."""
    return once(request, now, lambda item: needs_you(request, now, item, "gone"))


def came_late(request: HttpRequest, now: Sent) -> HttpResponse:
    """Its page was shown in another case, or for another person, than the official acts for now."""

    def apply(item: OfflineItem) -> HttpResponse:
        shown = form_token.shown(request)
        if shown is not None and (where := late_answer(request, shown)):
            return redirect(where)
        return needs_you(request, now, item, "case_ended")

    return once(request, now, apply)


def need_you(request: HttpRequest, why: str) -> HttpResponse:
    """Answers a view that does not apply what it was sent: the official deals with it. ``why``: a code of
    ``offline.reasons``.
    """
    setattr(request, _WHY, why)
    return redirect(LIST)


def needs_you(request: HttpRequest, now: Sent, item: OfflineItem, why: str, where: str = "") -> HttpResponse:
    """What was typed is kept for the official: it is neither applied nor lost. ``where``: the page that says
    what it takes.
    """
    typed = request.POST.copy()
    for name in ("csrfmiddlewaretoken", form_token.FIELD):
        typed.pop(name, None)
    item.state, item.why, item.typed = OfflineItem.State.NEEDS_YOU, why, typed.urlencode()
    item.next = where[:200]
    item.save(update_fields=["state", "why", "typed", "next"])
    now.outcome = NEEDS_YOU
    return redirect(LIST)


def _answered_before(request: HttpRequest, now: Sent, item: OfflineItem) -> HttpResponse:
    if item.official_id != request.user.pk:
        raise PermissionDenied("the item is another official's")
    if item.state == OfflineItem.State.NEEDS_YOU:
        now.outcome = NEEDS_YOU
        return redirect(LIST)
    now.outcome = APPLIED
    return redirect(item.next or LIST)

"""Whoever opens a request: their access is logged, or a page says why they may not read it."""

import contextlib

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise

from dsp_platform.audit import services as audit
from dsp_platform.casework.errors import InConflict
from dsp_platform.casework.refusals import refusals_recorded
from dsp_platform.web.forms import is_submitted
from registry.changes.kinds import KINDS
from registry.models import ChangeRequest
from registry.persons.subject import user_of


def log_change_access(request: HttpRequest, change: ChangeRequest, *persons: int) -> None:
    """Log that whoever decides, or answers for a commune, saw whom a request is about, by key."""
    audit.record_each(
        actor=user_of(request),
        action="view",
        subjects=[("person", one) for one in dict.fromkeys(persons)],
        reason="change",
        details={"change": change.reference},
    )


def unread_change(
    request: HttpRequest, change: ChangeRequest, why: str | Promise, back: str, about: int | None = None
) -> HttpResponse:
    """Only its kind and state, and why no more.

    ``about``: the person of the assisted session; without it the page does not show even that.
    """
    context = {
        "change": change,
        "kind": KINDS[change.kind],
        "why": why,
        "back": back,
        "about": about,
    }
    return render(request, "registry/changes/change_unread.html", context)


def refuse_unread(request: HttpRequest, change: ChangeRequest, why: str | Promise, back: str) -> HttpResponse:
    """The same page, also for a step that was sent without having been offered: its refusal is recorded."""
    if is_submitted(request) and change.is_open:
        with contextlib.suppress(InConflict), refusals_recorded(request, "changerequest", change.pk):
            raise InConflict(why)
    return unread_change(request, change, why, back)

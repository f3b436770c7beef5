"""Who asks, and about whom: the same pages serve a citizen and an official with an open case."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise

from dsp_platform.accounts.models import Case, User
from dsp_platform.audit import services as audit
from registry.changes.kinds import KINDS
from registry.models import ChangeRequest, Person
from registry.persons import selectors


def user_of(request: HttpRequest) -> User:
    return cast(User, request.user)


def case_of(request: HttpRequest) -> Case | None:
    """The open case, when it is an official who asks."""
    return getattr(request, "case", None)


def subject_of(request: HttpRequest) -> Person | None:
    return selectors.subject_of(user_of(request), case_of(request))


def note_look(request: HttpRequest, person: Person, action: str = "view") -> None:
    """An official's look at a record is noted; a citizen's look at their own is nobody's business."""
    case = case_of(request)
    if case is not None:
        audit.record(
            actor=case.official,
            action=action,
            subject_kind="person",
            subject_id=person.pk,
            reason=case.reason,
            case_id=case.pk,
        )


def note_change_look(request: HttpRequest, change: ChangeRequest, person_id: int | None) -> None:
    """Whoever decides or answers for a commune looks at whom a request is about."""
    audit.record(
        actor=user_of(request),
        action="view",
        subject_kind="person",
        subject_id=person_id,
        reason="change",
        details={"change": change.reference},
    )


def unread_change(
    request: HttpRequest, change: ChangeRequest, why: str | Promise, back: str, about: int | None = None
) -> HttpResponse:
    """The page in place of one that shows the request: its kind and state, and why no more.

    ``about``: whose case the page is of; without it the page does not tell even that.
    """
    context = {
        "change": change,
        "kind": KINDS[change.kind],
        "why": why,
        "back": back,
        "about": about,
    }
    return render(request, "registry/change_unread.html", context)

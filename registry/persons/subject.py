"""Who asks, and about whom: the same pages serve a citizen and an official with an open case."""

from typing import cast

from django.http import HttpRequest

from dsp_platform.accounts.models import Case, User
from dsp_platform.audit import services as audit
from registry.models import Person
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

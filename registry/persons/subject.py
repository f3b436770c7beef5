"""The person that a page is about: of a citizen's own account, or of an official's open assisted session."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.accounts.visitors import assisted_session_of
from dsp_platform.audit import services as audit
from registry.models import Person
from registry.persons import selectors
from registry.persons.households import household_of

View = Callable[..., HttpResponse]
Decorator = Callable[[View], View]
REGISTER = "registry:register"


def user_of(request: HttpRequest) -> User:
    return cast(User, request.user)


def subject_of(request: HttpRequest) -> Person | None:
    return selectors.subject_for(user_of(request), assisted_session_of(request))


def session_with(request: HttpRequest, *persons: int | None) -> AssistedSession | None:
    """The open assisted session, if it is with one of these persons: what is done on a page about them is
    recorded with it."""
    assisted_session = assisted_session_of(request)
    person = subject_of(request) if assisted_session else None
    return assisted_session if person is not None and person.pk in persons else None


def log_access(request: HttpRequest, person: Person, action: str = "view") -> None:
    """An official's access to a record is logged; a citizen's access to their own is not."""
    assisted_session = assisted_session_of(request)
    if assisted_session is not None:
        audit.record(
            actor=assisted_session.official,
            action=action,
            subject_kind="person",
            subject_id=person.pk,
            reason=assisted_session.reason,
            assisted_session_id=assisted_session.pk,
        )


def subject_required(*, access: bool = True, otherwise: str | View = REGISTER) -> Decorator:
    """The view is called with the person as its second argument, and the access is logged.

    ``access=False`` where the view shows the person only sometimes, or logs something else. ``otherwise``
    answers where there is no such person: a view, or the name of a page. Inside of a decorator that requires
    an account.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def about_subject(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            person = subject_of(request)
            if person is None:
                return _answer(otherwise, request)
            if access:
                log_access(request, person)
            return view(request, person, *args, **kwargs)

        return about_subject

    return decorate


def household_required(*, access: bool = True, otherwise: str | View = REGISTER) -> Decorator:
    """The same with the person's household as the third argument; ``otherwise`` also where there is none."""

    def decorate(view: View) -> View:
        @subject_required(access=False, otherwise=otherwise)
        @wraps(view)
        def about_household(request: HttpRequest, person: Person, *args: Any, **kwargs: Any) -> HttpResponse:
            household = household_of(person)
            if household is None:
                return _answer(otherwise, request)
            if access:
                log_access(request, person)
            return view(request, person, household, *args, **kwargs)

        return about_household

    return decorate


def _answer(otherwise: str | View, request: HttpRequest) -> HttpResponse:
    if not isinstance(otherwise, str):
        return otherwise(request)
    return redirect(otherwise)

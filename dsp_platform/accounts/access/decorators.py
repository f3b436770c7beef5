"""Who may open a page. Others are redirected to the sign-in page of the role, and back when signed in."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from dsp_platform.accounts.access import step_up
from dsp_platform.accounts.access.entry_points import redirect_to_sign_in, redirect_to_step_up
from dsp_platform.accounts.acting import form_token, unsent
from dsp_platform.accounts.assisted_sessions.services import end_assisted_session
from dsp_platform.accounts.models import AssistedSession, Role, User
from dsp_platform.accounts.visitors import assisted_session_of, is_citizen, is_verified_official

View = Callable[..., HttpResponse]


def needs_account(guarded: View) -> View:
    """Mark a view that redirects every request without an account, whatever was posted to it."""
    guarded.needs_account = True  # type: ignore[attr-defined]
    return guarded


def citizen_required(view: View) -> View:
    @needs_account
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_citizen(request):
            return view(request, *args, **kwargs)
        return redirect_to_sign_in(request, Role.CITIZEN)

    return guarded


def official_required(view: View) -> View:
    @needs_account
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_verified_official(request):
            return view(request, *args, **kwargs)
        return redirect_to_sign_in(request, Role.OFFICIAL)

    return guarded


def actor_required(view: View) -> View:
    """For a citizen about themselves, or for an official with an open assisted session about its person."""

    @needs_account
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_citizen(request):
            return view(request, *args, **kwargs)
        if is_verified_official(request):
            assisted_session = assisted_session_of(request)
            if assisted_session is None:
                messages.info(request, _("No case is open. Find the person to continue."))
                return redirect(settings.COUNTER_URL)
            # The person may have moved out of the official's area meanwhile. Null: not registered yet.
            if assisted_session.subject_id is None or form_token.registered.subject(
                cast(User, request.user), assisted_session
            ):
                if elsewhere := form_token.registered.elsewhere(request, assisted_session):
                    return redirect(elsewhere)
                return view(request, *args, **kwargs)
            end_assisted_session(assisted_session=assisted_session, end=AssistedSession.End.OUT_OF_AREA)
            messages.warning(
                request,
                form_token.registered.why_gone(assisted_session)
                or _("The case was ended: the record of the person is outside your area now."),
            )
            return redirect(settings.COUNTER_URL)
        role = request.user.role if request.user.is_authenticated else Role.CITIZEN
        return redirect_to_sign_in(request, Role.OFFICIAL if role == Role.OFFICIAL else Role.CITIZEN)

    return guarded


def decider_required(view: View) -> View:
    """For an official, with or without an assisted session, or a steward: who decides on what somebody else
    entered.
    """

    @needs_account
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = request.user
        is_steward = isinstance(user, User) and user.is_steward and user.is_verified()
        if is_verified_official(request) or is_steward:
            return view(request, *args, **kwargs)
        return redirect_to_sign_in(request, Role.OFFICIAL)

    return guarded


def step_up_required(view: View) -> View:
    """For a citizen with a recent step-up; others are sent to step-up authentication and back to the page.

    Their form data is restored (``request.unsent``). An official with an open assisted session passes.
    """

    @needs_account
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_citizen(request) or step_up.is_fresh(request):
            return view(request, *args, **kwargs)
        unsent.save(request, user_id=cast(User, request.user).pk, typed=request.POST)
        return redirect_to_step_up(request)

    return actor_required(guarded)


def staff_required(view: View) -> View:
    """For officials and other staff who have proved both factors."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = request.user
        if isinstance(user, User) and not user.is_citizen and user.is_verified():
            return view(request, *args, **kwargs)
        return redirect_to_sign_in(request, user.role if isinstance(user, User) else Role.OFFICIAL)

    return guarded


def signed_in_required(view: View) -> View:
    @needs_account
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_citizen(request) or (request.user.is_authenticated and request.user.is_verified()):
            return view(request, *args, **kwargs)
        return redirect_to_sign_in(request, Role.CITIZEN)

    return guarded

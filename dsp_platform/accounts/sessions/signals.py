"""Every way to sign in sends Django's ``user_logged_in``: the session is recorded and audited here."""

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from dsp_platform.accounts.access import step_up
from dsp_platform.accounts.models import User
from dsp_platform.accounts.sessions import services as sessions
from dsp_platform.audit import services as audit


@receiver(user_logged_in, dispatch_uid="accounts.signed_in")
def signed_in(sender: type, request: HttpRequest, user: User, **kwargs: Any) -> None:
    sessions.begin(request, user)
    step_up.record(request)
    audit.record(actor=user, action="sign_in", subject_kind="user", subject_id=user.pk)


@receiver(user_logged_out, dispatch_uid="accounts.signed_out")
def signed_out(sender: type, request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    """``request.sign_out_reason`` is set when the session expired."""
    request.signed_out = True  # type: ignore[attr-defined]  # for NoStoreMiddleware
    if user:
        reason = getattr(request, "sign_out_reason", "")
        audit.record(actor=user, action="sign_out", subject_kind="user", subject_id=user.pk, reason=reason)

"""Verifies user name, password and TOTP code of a member of staff together."""

from typing import Any

import django_otp
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from dsp_platform.accounts.models import Role, TOTPDevice, User
from dsp_platform.accounts.staff_sign_in import throttle, verifications
from dsp_platform.audit import services as audit

FAILED = "sign_in_failed"


def prove(*, request: HttpRequest | None, username: str, password: str, token: str) -> User:
    """The user whose all three are. Raises the same ValidationError whatever was wrong; audits failures."""
    bucket = throttle.bucket_of(request, username)
    try:
        with throttle.attempt(request, username) as attempt, transaction.atomic():
            throttle.take_turn(bucket)
            with verifications.slot(throttle.network_of_stranger(request, username)):
                attempt.failed = True  # also if an error ends it: it costs as much
                user, fault = _verify(request, username, password, token)
            if user:
                attempt.failed = False
                throttle.reset_failures(bucket)
            else:
                throttle.note_failure(bucket)
                note_failure(request, _named(username), fault)
    except throttle.Refused as refused:
        raise ValidationError(str(refused), code=refused.code) from None
    # Raise after the commit: a rollback would undo the count.
    if user is None:
        raise ValidationError(
            _("The user name, the password or the code is not right. Wait for a new code and try again."),
            code="invalid_login",
        )
    return user


def note_failure(
    request: HttpRequest | None, user: User | None, reason: str, *, action: str = FAILED
) -> None:
    """Records nothing that was typed: it may be a password in the wrong field."""
    audit.record(
        actor=None,
        action=action,
        subject_kind="user",
        subject_id=user.pk if user else None,
        reason=reason,
        details={"network": throttle.short(throttle.network_digest(request))},
    )


def _verify(request: HttpRequest | None, username: str, password: str, token: str) -> tuple[User | None, str]:
    """The user, or the fault, which only the audit names."""
    user: Any = authenticate(request, username=username, password=password)
    if not isinstance(user, User):
        known = _named(username)
        if known is None:
            return None, "unknown_name"
        if not known.is_active:
            return None, "closed"
        return None, "password" if known.has_usable_password() else "not_joined"
    device = TOTPDevice.objects.filter(user=user, confirmed=True).order_by("pk").first()
    # django-otp throttles wrong codes and accepts each code once.
    verified = device and django_otp.verify_token(user, device.persistent_id, token)
    if not verified:
        return None, "code"
    user.otp_device = verified  # makes login() note the second factor in the session
    return user, ""


def _named(username: str) -> User | None:
    return User.objects.filter(username=username).exclude(role=Role.CITIZEN).first()

"""Accounts of officials and reviewers: made by a steward, with a password nobody chose.

Those of stewards and auditors need two people: ``weight.py``.
"""

import secrets
from dataclasses import dataclass

from django.db import transaction
from django_otp.plugins.otp_totp.models import TOTPDevice

from dsp_platform.accounts import sessions
from dsp_platform.accounts.models import User
from dsp_platform.audit import services as audit

DEVICE = "authenticator"
# Without the signs that are mistaken for each other when they are read from paper.
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class Credentials:
    """What the person needs to sign in. Shown once, stored nowhere in this form."""

    user: User
    password: str
    app_address: str  # otpauth://…, the text of the QR code
    app_key: str  # for typing in where no camera is at hand


@transaction.atomic
def create_account(
    *, actor: User, username: str, role: str, full_name: str, area_code: str, operator_code: str
) -> Credentials:
    user = User.objects.create_staff(
        username=username,
        password=secrets.token_urlsafe(32),
        role=role,
        full_name=full_name,
        area_code=area_code,
        operator_code=operator_code,
    )
    return renew_credentials(actor=actor, user=user, action="create_account")


@transaction.atomic
def renew_credentials(*, actor: User, user: User, action: str = "renew_credentials") -> Credentials:
    """A new password and a new authenticator app; the old ones stop, open sessions end."""
    password = "-".join("".join(secrets.choice(_SIGNS) for _ in range(5)) for _ in range(4))
    user.set_password(password)
    user.save(update_fields=["password"])
    TOTPDevice.objects.filter(user=user).delete()
    device = TOTPDevice.objects.create(user=user, name=DEVICE, confirmed=True)
    sessions.end_other_sessions(user=user, keep=None)
    audit.record(actor=actor, action=action, subject_kind="user", subject_id=user.pk)
    key = device.config_url.split("secret=")[1].split("&")[0]
    return Credentials(user=user, password=password, app_address=device.config_url, app_key=key)


@transaction.atomic
def change_account(*, actor: User, user: User, changed: list[str]) -> None:
    """Save what was changed; whoever may no longer sign in, or elsewhere only, is signed out."""
    user.save()
    if {"is_active", "area_code", "operator_code"} & set(changed):
        sessions.end_other_sessions(user=user, keep=None)
    audit.record(
        actor=actor,
        action="change_account",
        subject_kind="user",
        subject_id=user.pk,
        details={"changed": sorted(changed)},
    )

"""Accounts of staff: created and changed by stewards. The credentials belong to the person alone.

Accounts of stewards and auditors, and new credentials for anybody who has joined, need two people: see
``approvals``.
"""

import re
from collections.abc import Callable

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django_otp.oath import TOTP

from dsp_platform.accounts.assisted_sessions.services import end_open_assisted_session
from dsp_platform.accounts.models import (
    PRIVILEGED_ROLES,
    AssistedSession,
    Duty,
    Invitation,
    Role,
    TOTPDevice,
    User,
)
from dsp_platform.accounts.sessions import services as sessions
from dsp_platform.approval import services as approval
from dsp_platform.audit import services as audit
from dsp_platform.khmer.text import clean

DEVICE = "authenticator"
SCOPE = ("full_name", "area_code", "operator_code", "duty", "is_active", "spid")
IDENTITY = ("username", "full_name", "spid")
USER_NAME = re.compile(r"^[a-z0-9._-]+\Z")


# Who gives back what an account has to do when it changes its office or SPID, or is closed.
_office_followers: list[Callable[..., None]] = []


def register_office_follower(follow: Callable[..., None]) -> None:
    """Called in the same transaction with the ``user`` and the ``actor``."""
    _office_followers.append(follow)


class WrongCode(Exception):
    def __str__(self) -> str:
        return _("The code is not right. Wait for a new code and try again.")


def has_joined(user: User) -> bool:
    """Whether the person has followed their invitation and can sign in."""
    return user.has_usable_password() and TOTPDevice.objects.filter(user=user, confirmed=True).exists()


def joined(users: QuerySet[User]) -> QuerySet[User]:
    """Those of them who can sign in: joining sets password and app together, revoking clears both."""
    return (
        users.filter(is_active=True)
        .exclude(password="")
        .exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    )


def ever_joined(user: User) -> bool:
    """Includes users whose credentials were revoked since: their name stands under past decisions."""
    return user.last_login is not None or has_joined(user)


def needs_two_people(user: User) -> bool:
    """Whether an invitation or new credentials need two people.

    One person alone could follow the link and decide under the name of another.
    """
    return user.role in PRIVILEGED_ROLES or ever_joined(user)


def lock(user: User) -> User:
    """The row as it is now, locked until the transaction ends."""
    return User.objects.select_for_update(no_key=True).get(pk=user.pk)


@transaction.atomic
def create_account(
    *,
    actor: User | None,
    username: str,
    role: str,
    full_name: str,
    area_code: str,
    operator_code: str,
    duty: str = Duty.REVIEWER,
    spid: str = "",
) -> User:
    """The person cannot sign in before following an invitation. ``actor`` is None for a command."""
    user = User.objects.create_staff(
        username=username,
        password=None,
        role=role,
        full_name=clean(full_name),
        area_code=area_code,
        operator_code=operator_code,
        duty=duty,
        spid=spid,
    )
    office = {"role": role, "area_code": area_code, "operator_code": operator_code}
    audit.record(
        actor=actor,
        action="create_account",
        subject_kind="user",
        subject_id=user.pk,
        details=office | ({"duty": duty} if role == Role.REVIEWER else {}),
    )
    return user


@transaction.atomic
def change_account(*, actor: User, user: User, changed: list[str]) -> None:
    """Save the changed fields; sign the user out when the account was closed or its scope changed.

    The audit records values before and after, so that a scope widened for an hour leaves a trace. Nobody
    changes their own account; the identity of a privileged one is immutable. Raises PermissionDenied.
    """
    if not changed:
        return
    if actor.pk == user.pk or (user.role in PRIVILEGED_ROLES and set(IDENTITY) & set(changed)):
        raise PermissionDenied
    before = User.objects.get(pk=user.pk)
    user.save(update_fields=changed)
    office = {"is_active", "role", "area_code", "operator_code", "duty"}
    if office & set(changed):
        sign_out(user)
    # With another SPID they have other kin, and may not decide all of it any more.
    if {*office, "spid"} & set(changed):
        for follow in _office_followers:
            follow(user=user, actor=actor)
    if not user.is_active:
        Invitation.objects.filter(user=user, used_at=None).delete()
        approval.close_invalid(actor=actor)
    audit.record(
        actor=actor,
        action="change_account",
        subject_kind="user",
        subject_id=user.pk,
        details={
            "changed": sorted(changed),
            "before": _recorded(before, changed),
            "after": _recorded(user, changed),
        },
    )


def sign_out(user: User) -> None:
    """Everywhere, and out of the case that an official has open."""
    sessions.end_other_sessions(user=user, keep=None)
    end_open_assisted_session(official=user, end=AssistedSession.End.SIGNED_OUT)


def _recorded(user: User, changed: list[str]) -> dict[str, str | bool]:
    """Of a SPID only whether there is one: the audit of staff names no persons of the registry."""
    values = {name: getattr(user, name) for name in SCOPE if name in changed}
    return {name: bool(value) if name == "spid" else value for name, value in values.items()}


@transaction.atomic
def change_password(*, user: User, password: str, keep: str | None) -> User:
    """Call after the old password and a code were verified. Every session ends but ``keep``."""
    user = lock(user)
    user.set_password(password)
    user.save(update_fields=["password"])
    sessions.end_other_sessions(user=user, keep=keep)
    audit.record(actor=user, action="change_password", subject_kind="user", subject_id=user.pk)
    return user


@transaction.atomic
def change_second_factor(*, user: User, key: str, code: str, keep: str | None) -> TOTPDevice:
    """Call after the password and a code of the old app were verified. Raises WrongCode."""
    user = lock(user)
    device = replace_device(user, key, code)
    sessions.end_other_sessions(user=user, keep=keep)
    audit.record(actor=user, action="change_second_factor", subject_kind="user", subject_id=user.pk)
    return device


def is_current_code(key: str, code: str) -> bool:
    """Whether an app with this key displays this code now, or did up to half a minute ago or ahead."""
    totp = TOTP(bytes.fromhex(key), TOTPDevice.STEP, digits=TOTPDevice.DIGITS)
    return code.isdecimal() and bool(totp.verify(int(code), TOTPDevice.TOLERANCE))


def replace_device(user: User, key: str, code: str) -> TOTPDevice:
    """Call within the transaction that locked the user. Raises WrongCode."""
    TOTPDevice.objects.filter(user=user).delete()
    device = TOTPDevice.objects.create(user=user, name=DEVICE, key=key, confirmed=True)
    if not device.verify_token(code):
        raise WrongCode
    user.otp_device = device
    return device


@transaction.atomic
def set_answers_sensitive(*, actor: User, user: User, value: bool) -> None:
    """As two people decided."""
    user.answers_sensitive = value
    user.save(update_fields=["answers_sensitive"])
    if value:
        audit.record(actor=actor, action="name_sensitive", subject_kind="user", subject_id=user.pk)
    else:
        audit.record(actor=actor, action="end_sensitive", subject_kind="user", subject_id=user.pk)

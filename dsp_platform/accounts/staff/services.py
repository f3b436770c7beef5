"""Accounts of staff: created by a steward, activated by the person with an invitation link of one use.

Password and second factor are set by that person and seen by nobody else. Whoever made the account sees the
link once; the database holds a digest of it. Accounts of stewards and auditors, and new credentials for
anybody who has joined, need two people: ``weight.py``.
"""

import re
import secrets
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_otp.oath import TOTP

from dsp_platform import crypto
from dsp_platform.accounts.models import PRIVILEGED_ROLES, Invitation, TOTPDevice, User, invitation_binding
from dsp_platform.accounts.sessions import services as sessions
from dsp_platform.approval import services as approval
from dsp_platform.audit import services as audit

DEVICE = "authenticator"
INVITATION_LIFE = timedelta(hours=72)
SCOPE = ("full_name", "area_code", "operator_code", "is_active", "spid")
IDENTITY = ("username", "full_name", "spid")
# Without the signs that are mistaken for each other when they are read from paper: 30 of them are 148 bits.
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
USER_NAME = re.compile(r"^[a-z0-9._-]+\Z")
_GROUPS, _GROUP = 6, 5


class CannotInvite(Exception):
    def __str__(self) -> str:
        return _("This person cannot be invited: the account is closed, in use already, or your own.")


class CannotJoin(Exception):
    """The same sentence whether the invitation never was, was used or is over. ``reason`` is the audit's."""

    def __init__(self, reason: str, user: User | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.user = user

    def __str__(self) -> str:
        return _("This invitation is not right, was used already, or is too old. Ask for a new one.")


class WrongCode(Exception):
    def __str__(self) -> str:
        return _("The code is not right. Wait for a new code and try again.")


def has_joined(user: User) -> bool:
    return user.has_usable_password() and TOTPDevice.objects.filter(user=user, confirmed=True).exists()


def ever_joined(user: User) -> bool:
    """Also one whose credentials were stopped since: what they decide is decided in a person's name."""
    return user.last_login is not None or has_joined(user)


def needs_two_people(user: User) -> bool:
    """Whether one person alone neither invites nor renews: they would decide under the name of another."""
    return user.role in PRIVILEGED_ROLES or ever_joined(user)


@transaction.atomic
def create_account(
    *,
    actor: User | None,
    username: str,
    role: str,
    full_name: str,
    area_code: str,
    operator_code: str,
    spid: str = "",
) -> User:
    """Nobody signs in by it before they were invited and have joined. ``actor`` is None for a command."""
    user = User.objects.create_staff(
        username=username,
        password=None,
        role=role,
        full_name=full_name,
        area_code=area_code,
        operator_code=operator_code,
        spid=spid,
    )
    audit.record(
        actor=actor,
        action="create_account",
        subject_kind="user",
        subject_id=user.pk,
        details={"role": role, "area_code": area_code, "operator_code": operator_code},
    )
    return user


@transaction.atomic
def invite(*, actor: User | None, user: User, first_half: str = "") -> str:
    """The code of a new invitation, to be shown once; an earlier one ends. Raises CannotInvite.

    With a ``first_half`` that somebody else hands over, only the second half is returned. One person alone
    invites nobody for whom it ``needs_two_people``; a command does.
    """
    held = _hold(user)
    alone = actor is not None and not first_half
    if not _may_invite(actor, held) or has_joined(held) or (alone and needs_two_people(held)):
        raise CannotInvite
    length = _GROUPS * _GROUP // (2 if first_half else 1)
    code = _grouped("".join(secrets.choice(_SIGNS) for _sign in range(length)))
    now, digest = timezone.now(), _digest(first_half + code)
    Invitation.objects.update_or_create(
        user=held,
        defaults={
            "digest": digest,
            "bound": invitation_binding(held.pk, digest, now, now + INVITATION_LIFE),
            "made_at": now,
            "expires_at": now + INVITATION_LIFE,
            "used_at": None,
        },
    )
    _note(actor, "invite", held)
    return code


@transaction.atomic
def renew_credentials(*, actor: User, user: User, first_half: str = "") -> str:
    """Password and second factor stop, open sessions end; returns the code of an invitation to set new ones.

    Without a ``first_half`` not for whom ``needs_two_people``. Raises CannotInvite.
    """
    held = _hold(user)
    if not _may_invite(actor, held) or (not first_half and needs_two_people(held)):
        raise CannotInvite
    held.set_unusable_password()
    held.save(update_fields=["password"])
    TOTPDevice.objects.filter(user=held).delete()
    sessions.end_other_sessions(user=held, keep=None)
    _note(actor, "renew_credentials", held)
    return invite(actor=actor, user=held, first_half=first_half)


def half_from(digest: bytes) -> str:
    """Half a code, the same each time for the same secret digest of 32 bytes."""
    return _grouped("".join(_SIGNS[byte % len(_SIGNS)] for byte in digest[: _GROUPS * _GROUP // 2]))


def is_half(code: str) -> bool:
    """By its length alone: it says nothing about what was given to anybody."""
    return len(_signs_of(code)) == _GROUPS * _GROUP // 2


def is_invited(user: User) -> bool:
    """Whether an invitation waits that can still be followed."""
    open_ones = Invitation.objects.filter(user=user, used_at=None, expires_at__gt=timezone.now())
    return open_ones.exists()


def invitation_of(code: str) -> Invitation:
    """Raises CannotJoin."""
    return open_invitation(_digest(code))


def open_invitation(digest: bytes) -> Invitation:
    """Raises CannotJoin."""
    invitation = Invitation.objects.select_related("user").filter(digest=digest).first()
    if invitation is None:
        raise CannotJoin("unknown")
    for reason, is_so in (
        ("moved", not invitation.is_bound()),
        ("used", invitation.used_at),
        ("expired", invitation.expires_at <= timezone.now()),
        ("closed", not invitation.user.is_active),
        ("joined", has_joined(invitation.user)),
    ):
        if is_so:
            raise CannotJoin(reason, invitation.user)
    return invitation


@transaction.atomic
def join(*, invitation: Invitation, password: str, key: str, code: str) -> User:
    """Set the password, and the app that was shown ``key`` and answers ``code``. Uses the invitation up.

    The user returned can be signed in with both factors. Raises CannotJoin and WrongCode.
    """
    # One after another: whoever comes second finds it used, or replaced by a newer one.
    held = _hold(invitation.user)
    current = open_invitation(bytes(invitation.digest))
    held.set_password(password)
    held.save(update_fields=["password"])
    _replace_device(held, key, code)
    current.used_at = timezone.now()
    current.save(update_fields=["used_at"])
    for action in ("join", "change_password", "change_second_factor"):
        _note(held, action, held)
    return held


@transaction.atomic
def change_password(*, user: User, password: str, keep: str | None) -> User:
    """The person's own act, proved by the old password and a code. Every session ends but ``keep``."""
    held = _hold(user)
    held.set_password(password)
    held.save(update_fields=["password"])
    sessions.end_other_sessions(user=held, keep=keep)
    _note(held, "change_password", held)
    return held


@transaction.atomic
def change_second_factor(*, user: User, key: str, code: str, keep: str | None) -> TOTPDevice:
    """The person's own act, proved by the password and a code of the old app. Raises WrongCode."""
    held = _hold(user)
    device = _replace_device(held, key, code)
    sessions.end_other_sessions(user=held, keep=keep)
    _note(held, "change_second_factor", held)
    return device


@transaction.atomic
def change_account(*, actor: User, user: User, changed: list[str]) -> None:
    """Save what was changed; whoever may no longer sign in, or elsewhere only, is signed out.

    The audit keeps what names, codes and flags were and are, so that a scope widened for an hour leaves a
    trace. Nobody changes their own account; who one of weight is stays. Raises PermissionDenied.
    """
    if not changed:
        return
    if actor.pk == user.pk or (user.role in PRIVILEGED_ROLES and set(IDENTITY) & set(changed)):
        raise PermissionDenied
    before = User.objects.get(pk=user.pk)
    user.save(update_fields=changed)
    if {"is_active", "area_code", "operator_code"} & set(changed):
        sessions.end_other_sessions(user=user, keep=None)
    if not user.is_active:
        Invitation.objects.filter(user=user, used_at=None).delete()
        approval.give_up_broken(actor=actor)
    audit.record(
        actor=actor,
        action="change_account",
        subject_kind="user",
        subject_id=user.pk,
        details={
            "changed": sorted(changed),
            "before": _told(before, changed),
            "after": _told(user, changed),
        },
    )


def _told(user: User, changed: list[str]) -> dict[str, str | bool]:
    """Of a person's number only whether there is one: that names a person, and is no name of staff."""
    values = {name: getattr(user, name) for name in SCOPE if name in changed}
    return {name: bool(value) if name == "spid" else value for name, value in values.items()}


def code_fits(key: str, code: str) -> bool:
    """Whether an app that was shown this key shows this code now, or did a moment ago."""
    totp = TOTP(bytes.fromhex(key), TOTPDevice.STEP, digits=TOTPDevice.DIGITS)
    return code.isdecimal() and bool(totp.verify(int(code), TOTPDevice.TOLERANCE))


def _replace_device(user: User, key: str, code: str) -> TOTPDevice:
    TOTPDevice.objects.filter(user=user).delete()
    device = TOTPDevice.objects.create(user=user, name=DEVICE, key=key, confirmed=True)
    if not device.verify_token(code):
        raise WrongCode
    user.otp_device = device
    return device


def _may_invite(actor: User | None, user: User) -> bool:
    return not user.is_citizen and user.is_active and (actor is None or actor.pk != user.pk)


def _hold(user: User) -> User:
    return User.objects.select_for_update(no_key=True).get(pk=user.pk)


def _grouped(signs: str) -> str:
    return "-".join(signs[start : start + _GROUP] for start in range(0, len(signs), _GROUP))


def _digest(code: str) -> bytes:
    return crypto.digest("invitation", _signs_of(code))


def _signs_of(code: str) -> str:
    return "".join(sign for sign in code.casefold() if sign in _SIGNS)


def _note(actor: User | None, action: str, user: User) -> None:
    audit.record(actor=actor, action=action, subject_kind="user", subject_id=user.pk)

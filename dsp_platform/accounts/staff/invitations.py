"""Invitations of staff: single-use links with which a person sets their own password and second factor.

Nobody else ever knows these. The link is shown once to whoever created it; the database holds a digest.
"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dsp_platform.accounts.models import Invitation, TOTPDevice, User, invitation_binding
from dsp_platform.accounts.staff import invitation_codes
from dsp_platform.accounts.staff import services as staff
from dsp_platform.audit import services as audit

LIFE = timedelta(hours=72)


class CannotInvite(Exception):
    def __str__(self) -> str:
        return _("This person cannot be invited: the account is closed, in use already, or your own.")


class CannotJoin(Exception):
    """The same sentence for every ``reason``, which only the audit names."""

    def __init__(self, reason: str, user: User | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.user = user

    def __str__(self) -> str:
        return _("This invitation is not right, was used already, or is too old. Ask for a new one.")


@transaction.atomic
def invite(*, actor: User | None, user: User, first_half: str = "", passed_on_by: User | None = None) -> str:
    """The code of a new invitation, to be shown once; it replaces an earlier one. Raises CannotInvite.

    With a ``first_half``, which ``passed_on_by`` has, only the second half is returned. One person alone
    cannot invite where it ``needs_two_people``, an official never; a command (``actor`` is None) can.
    """
    user = staff.lock(user)
    alone = actor is not None and not first_half
    needs_two = staff.needs_two_people(user) or (actor is not None and actor.is_official)
    if not _may_invite(actor, user) or staff.has_joined(user) or (alone and needs_two):
        raise CannotInvite
    inviter = passed_on_by if first_half else actor
    if inviter is not None and not staff.ever_joined(user):
        user.invited_by = inviter
        user.save(update_fields=["invited_by"])
    code = invitation_codes.random_code(invitation_codes.HALF if first_half else invitation_codes.LENGTH)
    now, digest = timezone.now(), invitation_codes.digest_of(first_half + code)
    Invitation.objects.update_or_create(
        user=user,
        defaults={
            "digest": digest,
            "bound": invitation_binding(user.pk, digest, now, now + LIFE),
            "made_at": now,
            "expires_at": now + LIFE,
            "used_at": None,
        },
    )
    audit.record(actor=actor, action="invite", subject_kind="user", subject_id=user.pk)
    return code


@transaction.atomic
def renew_credentials(*, actor: User, user: User, first_half: str = "") -> str:
    """Revoke password, second factor and sessions; returns the code of an invitation to set new ones.

    Needs a ``first_half`` where it ``needs_two_people``. Raises CannotInvite.
    """
    user = staff.lock(user)
    if not _may_invite(actor, user) or (not first_half and staff.needs_two_people(user)):
        raise CannotInvite
    revoke_credentials(actor=actor, user=user)
    return invite(actor=actor, user=user, first_half=first_half)


@transaction.atomic
def revoke_credentials(*, actor: User, user: User) -> None:
    """Password, authenticator app, sessions and an open invitation end now; who may is for the caller."""
    user.set_unusable_password()
    user.save(update_fields=["password"])
    TOTPDevice.objects.filter(user=user).delete()
    withdraw(user=user)
    staff.sign_out(user)
    audit.record(actor=actor, action="renew_credentials", subject_kind="user", subject_id=user.pk)


def withdraw(*, user: User) -> None:
    """Whoever has the code of an open invitation joins with it no more."""
    Invitation.objects.filter(user=user, used_at=None).delete()


def _may_invite(actor: User | None, user: User) -> bool:
    return not user.is_citizen and user.is_active and (actor is None or actor.pk != user.pk)


def is_invited(user: User) -> bool:
    """Whether the user has an invitation that is neither used nor expired."""
    return Invitation.objects.filter(user=user, used_at=None, expires_at__gt=timezone.now()).exists()


def invitation_of(code: str) -> Invitation:
    """Whichever of its halves was typed first. Raises CannotJoin."""
    as_typed, turned = invitation_codes.digests_of(code)
    made_so = Invitation.objects.filter(digest=turned).exists()
    return open_invitation(turned if made_so else as_typed)


def open_invitation(digest: bytes) -> Invitation:
    """Raises CannotJoin."""
    invitation = Invitation.objects.select_related("user").filter(digest=digest).first()
    if invitation is None:
        raise CannotJoin("unknown")
    for reason, applies in (
        ("moved", not invitation.is_bound()),
        ("used", invitation.used_at),
        ("expired", invitation.expires_at <= timezone.now()),
        ("closed", not invitation.user.is_active),
        ("joined", staff.has_joined(invitation.user)),
    ):
        if applies:
            raise CannotJoin(reason, invitation.user)
    return invitation


@transaction.atomic
def join(*, invitation: Invitation, password: str, key: str, code: str) -> User:
    """Set the password, and the app that was shown ``key`` and displays ``code``. Consumes the invitation.

    The user returned can be signed in with both factors. Raises CannotJoin and WrongCode.
    """
    user = staff.lock(invitation.user)
    # Read under the lock: a concurrent request may have used or replaced it.
    current = open_invitation(bytes(invitation.digest))
    user.set_password(password)
    # From now on their name may stand under decisions: new credentials take two people.
    user.last_login = timezone.now()
    user.save(update_fields=["password", "last_login"])
    staff.replace_device(user, key, code)
    current.used_at = timezone.now()
    current.save(update_fields=["used_at"])
    for action in ("join", "change_password", "change_second_factor"):
        audit.record(actor=user, action=action, subject_kind="user", subject_id=user.pk)
    return user

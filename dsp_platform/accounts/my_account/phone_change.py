"""Changing the phone of an account: by its holder, or at the counter after the old phone was lost."""

from typing import Any
from uuid import UUID

from django.db import transaction

from dsp_platform.accounts.codes import limits
from dsp_platform.accounts.codes import services as codes
from dsp_platform.accounts.errors import NumberNotFree
from dsp_platform.accounts.models import User
from dsp_platform.accounts.my_account import unused
from dsp_platform.accounts.passkeys import services as passkeys
from dsp_platform.accounts.sessions import services as sessions
from dsp_platform.audit import services as audit
from dsp_platform.notifications import services as notifications

OLD = "phone_changed_old"
NEW = "phone_changed_new"


@transaction.atomic
def change_phone(*, account: User, phone: str, keep: str | None) -> User:
    """The new phone was verified by its code. Both numbers get a message.

    Every session ends but ``keep`` and every passkey is removed, which revokes access by the old phone.
    Call within ``codes.prove``, which has locked the new number. Raises NumberNotFree.
    """
    user = _set_phone(account, phone, keep)
    audit.record(actor=user, action="change_phone", subject_kind="user", subject_id=user.pk)
    return user


@transaction.atomic
def replace_lost_phone(
    *, official: User, assisted_session_id: UUID | None, account: User, phone: str, reason: str, document: str
) -> User:
    """After the commune verified the person anew, and a second official or days without an objection
    confirmed it. All sessions and passkeys of the lost phone are revoked.

    The caller has locked the new number. ``document`` is the kind that was checked, never its number.
    Raises NumberNotFree.
    """
    user = _set_phone(account, phone, keep=None)
    limits.reset_after_lost_phone(user.pk)
    details: dict[str, Any] = {"document": document}
    audit.record(
        actor=official,
        action="replace_phone",
        subject_kind="user",
        subject_id=user.pk,
        reason=reason,
        assisted_session_id=assisted_session_id,
        details=details,
    )
    return user


def _set_phone(account: User, phone: str, keep: str | None) -> User:
    user = User.objects.select_for_update(no_key=True).get(pk=account.pk)
    if not user.is_citizen or not user.is_active or user.phone == phone:
        raise NumberNotFree
    unused.release_number(phone)
    old, user.phone = user.phone or "", phone
    user.save(update_fields=["phone"])
    sessions.end_all(user=user, keep=keep)
    passkeys.remove_all(user=user)
    codes.end_open(phone=old, account=user)
    for number, text in ((old, OLD), (phone, NEW)):
        notifications.send(phone=number, language=user.language, template=text, params={})
    return user

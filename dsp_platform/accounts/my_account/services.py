"""A citizen's settings, and the reset of an account that gets another holder."""

from collections.abc import Callable

from django.db import transaction

from dsp_platform.accounts.codes import services as codes
from dsp_platform.accounts.models import User
from dsp_platform.accounts.passkeys import services as passkeys
from dsp_platform.accounts.sessions import services as sessions
from dsp_platform.audit import services as audit

HolderChangeListener = Callable[[User], None]
_listeners: list[HolderChangeListener] = []


def register_holder_change(listener: HolderChangeListener) -> None:
    """Call ``listener`` when an account gets another holder: domains delete the former holder's drafts."""
    if listener not in _listeners:
        _listeners.append(listener)


def choose_language(*, account: User, language: str) -> None:
    """The language of text messages, which then no longer follows the language of the pages."""
    account.language, account.language_is_chosen = language, True
    account.save(update_fields=["language", "language_is_chosen"])


@transaction.atomic
def change_holder(*, account: User, keep: str | None = None) -> None:
    """The account gets or loses its person: revoke sessions, passkeys and open codes of the former holder.

    Somebody who had the SIM briefly may have left a session or a passkey in the still empty account.
    ``keep`` is the key of the session in which the new holder does this, which continues.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=account.pk)
    # First: later events belong to the next holder, who must not see earlier ones.
    audit.record(actor=None, action="hand_over", subject_kind="user", subject_id=user.pk)
    passkeys.remove_all(user=user, tell=True)
    if keep is None:
        sessions.end_all(user=user, keep=None)
    else:
        # Keep the digest of the password, so that both requests of a double click stay signed in.
        sessions.end_other_sessions(user=user, keep=keep)
    codes.end_open(phone=user.phone or "", account=user)
    for listener in _listeners:
        listener(account)
    account.password = user.password  # the caller may use the instance further

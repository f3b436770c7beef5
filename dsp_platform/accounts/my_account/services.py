"""What a citizen sets in their account, and what ends when the account gets or loses its person."""

from collections.abc import Callable

from django.db import transaction

from dsp_platform.accounts.codes import services as codes
from dsp_platform.accounts.models import User
from dsp_platform.accounts.passkeys import services as passkeys
from dsp_platform.accounts.sessions import services as sessions
from dsp_platform.audit import services as audit

HandOver = Callable[[User], None]
_hand_overs: list[HandOver] = []


def register_hand_over(follower: HandOver) -> None:
    """Call ``follower`` when an account changes hands: domains delete what the former holder began in it."""
    if follower not in _hand_overs:
        _hand_overs.append(follower)


def choose_language(*, account: User, language: str) -> None:
    """Of the text messages; from now on it no longer follows the language of the pages."""
    account.language, account.language_is_chosen = language, True
    account.save(update_fields=["language", "language_is_chosen"])


@transaction.atomic
def hand_over(*, account: User, keep: str | None = None) -> None:
    """The account gets or loses its person: end all sessions, passkeys and open codes of the former holder.

    Whoever had the SIM for a minute may have left a session or a passkey in an account that held nothing.
    ``keep`` is the key of the session in which the holder does this themself, and which goes on.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=account.pk)
    # First: what follows is the next holder's to read, what was before is not.
    audit.record(actor=None, action="hand_over", subject_kind="user", subject_id=user.pk)
    passkeys.remove_all(user=user, tell=True)
    if keep is None:
        sessions.end_all(user=user, keep=None)
    else:
        # The digest of the password stays: two clicks of one button both go on.
        sessions.end_other_sessions(user=user, keep=keep)
    codes.end_open(phone=user.phone or "", account=user)
    for follower in _hand_overs:
        follower(account)
    account.password = user.password  # the caller may go on with it

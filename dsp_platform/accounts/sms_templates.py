"""The text messages of accounts: one-time codes, and notices when sign-in settings were changed."""

from functools import partial
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.accounts.codes.services import TEXT, Purpose, code_of
from dsp_platform.accounts.models import PhoneChallenge, User
from dsp_platform.accounts.my_account import phone_change, unused
from dsp_platform.accounts.passkeys import services as passkeys
from dsp_platform.notifications.sms_templates import Recipient, register_sms_template


def code_text(params: dict[str, Any]) -> str:
    """Empty when the account is closed or the code expired or used.

    If the number requested for an account belongs to another one, its owner gets a notice in place of the
    code. Decided in the worker, so that the page's response and timing do not reveal which numbers exist.
    """
    challenge = PhoneChallenge.objects.filter(
        pk=params["challenge"], used_at=None, expires_at__gt=timezone.now()
    ).first()
    if challenge is None:
        return ""
    owner = User.objects.filter(phone=challenge.phone).first()
    if owner and not owner.is_active:
        return ""
    wanted = challenge.purpose in (Purpose.NEW_PHONE, Purpose.LOST_PHONE)
    if owner and wanted and not unused.is_unused(owner):
        return _("Somebody wanted to use your number for another account. It stays yours.")
    kind, _colon, reference = challenge.subject.partition(":")
    # The message about a move names the request, so that nobody confirms another one by mistake.
    is_of_request = challenge.purpose == Purpose.MOVE and kind == "change"
    of_request = _MOVE_ONLINE if challenge.account and challenge.account.is_citizen else _MOVE
    text = of_request if is_of_request else _TEXTS[Purpose(challenge.purpose)]
    return str(text) % {"code": code_of(challenge), "reference": reference}


# The code comes last, where phones detect it. In Khmer the message must fit 70 characters. Somebody who types
# the code alone must tell it nobody; somebody at the counter reads it out, and must know what for. A move can
# be confirmed at both places, and so can the number for a grievance, whose text therefore fits both.
_TEXTS = {
    Purpose.SIGN_IN: gettext_lazy(
        "Social protection, code to sign in. Tell nobody, not even an official: %(code)s"
    ),
    Purpose.STEP_UP: gettext_lazy(
        "Social protection, to show that it is you. Tell nobody, not even an official: %(code)s"
    ),
    Purpose.NEW_PHONE: gettext_lazy(
        "Social protection, to change to this number. Tell nobody, not even an official: %(code)s"
    ),
    Purpose.LOST_PHONE: gettext_lazy(
        "This number in place of a lost one. Read this code to the official in front of you."
        " Nobody there? Tell nobody: %(code)s"
    ),
    Purpose.FIRST_PHONE: gettext_lazy(
        "An account with this number. Read this code to the official in front of you."
        " Nobody there? Tell nobody: %(code)s"
    ),
    Purpose.CONSENT: gettext_lazy(
        "An official helps you. Read this code to the official in front of you."
        " Nobody there? Tell nobody: %(code)s"
    ),
    Purpose.SHARE: gettext_lazy(
        "Your details to an operator. Read this code to the official in front of you."
        " Nobody there? Tell nobody: %(code)s"
    ),
    Purpose.MOVE: gettext_lazy(
        "Move to another household. Read this code to the official in front of you."
        " Nobody there? Tell nobody: %(code)s"
    ),
    Purpose.CONTACT: gettext_lazy(
        "Social protection, news to this number. Tell nobody but an official in front of you: %(code)s"
    ),
    Purpose.PIN: gettext_lazy(
        "Social protection, a new PIN for a report. Tell nobody, not even an official: %(code)s"
    ),
}
_MOVE = gettext_lazy(
    "Move to another household, %(reference)s. Read this code to the official in front of you."
    " Nobody there? Tell nobody: %(code)s"
)
_MOVE_ONLINE = gettext_lazy("Your yes to the move %(reference)s. Tell nobody, not even an official: %(code)s")


def notice(sentence: Any, params: dict[str, Any]) -> str:
    """The sentence, and whom to call if it was somebody else: not the commune office, where they may work."""
    if not settings.CONTACT_PHONE:
        return f"{sentence} {_('Not you? Tell the district office.')}"
    return f"{sentence} {_('Not you? Call %(phone)s') % {'phone': settings.CONTACT_PHONE}}"


_NOTICES = {
    phone_change.OLD: gettext_lazy("Your account now has another phone number."),
    phone_change.NEW: gettext_lazy("Your account now has this phone number."),
    passkeys.ADDED: gettext_lazy("A passkey was added to your account."),
    passkeys.REMOVED: gettext_lazy("A passkey was removed from your account."),
    passkeys.ALL_REMOVED: gettext_lazy("All passkeys were removed from your account."),
}

register_sms_template(
    TEXT, code_text, recipient=Recipient.TYPED, title=gettext_lazy("A code for signing in"), is_code=True
)
for name, sentence in _NOTICES.items():
    register_sms_template(name, partial(notice, sentence), recipient=Recipient.PROVED, title=sentence)

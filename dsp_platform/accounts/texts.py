"""The text message of the one-time code."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.accounts.codes import TEXT, code_of
from dsp_platform.accounts.models import PhoneChallenge, User
from dsp_platform.notifications.services import register_text


def sign_in_code(params: dict[str, Any]) -> str:
    """Nothing for an account that was closed, and nothing for a code that is over.

    This is decided here, in the worker, and not while the page waits: the page cannot tell.
    """
    challenge = PhoneChallenge.objects.filter(
        pk=params["challenge"], used_at=None, expires_at__gt=timezone.now()
    ).first()
    if challenge is None or User.objects.filter(phone=challenge.phone, is_active=False).exists():
        return ""
    # The code stands last, where phones look for it. In Khmer the whole must fit 70 characters.
    return _("Tell nobody this social protection code: %(code)s") % {"code": code_of(challenge)}


register_text(TEXT, sign_in_code, title=gettext_lazy("A code for signing in"), is_code=True)

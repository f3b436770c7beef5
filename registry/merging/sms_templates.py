"""What a person is told when two records of theirs become one, or two again. Without a number or a name: the
other record may be somebody else's after all."""

from typing import Any

from django.utils.translation import gettext as _

from dsp_platform.accounts.sms_templates import notice


def merged(params: dict[str, Any]) -> str:
    return notice(_("You were registered twice: it is one record now."), params)


def consents_ended(params: dict[str, Any]) -> str:
    """In its place, where a consent ends by it: their page says for whom, the message names no operator."""
    return notice(_("You were registered twice, now once. A consent ended: see your page."), params)


def parted(params: dict[str, Any]) -> str:
    return notice(_("Your record is one of its own again."), params)

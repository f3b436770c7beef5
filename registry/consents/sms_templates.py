"""Text messages about consents. They name no operator, because phones are shared."""

from typing import Any

from django.utils.translation import gettext as _

from dsp_platform.accounts.sms_templates import notice


def withdrawn(params: dict[str, Any]) -> str:
    """To whoever gave it, where somebody else took it back."""
    return notice(_("A consent of your household was taken back."), params)

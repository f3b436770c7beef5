"""Text messages about what a household receives. They name no programme, because phones are shared."""

from typing import Any

from django.utils.translation import gettext as _


def level_expired(_params: dict[str, Any]) -> str:
    return _("The assessment of your household has run out. Ask for a new one at the commune office.")

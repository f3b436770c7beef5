"""System checks of the settings of accounts."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

KNOWN = {str(code) for code in COUNTRY_CODE_TO_REGION_CODE}


@register()
def countries_are_known(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    codes = settings.PHONE_COUNTRY_CODES
    if not codes:
        return [Error("PHONE_COUNTRY_CODES is empty: nobody could sign in.", id="dspp.E015")]
    return [
        Error(f"PHONE_COUNTRY_CODES: {code!r} is no country calling code, like 855.", id="dspp.E015")
        for code in codes
        if code not in KNOWN
    ]

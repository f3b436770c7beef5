from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, register

from dsp_platform.notifications.providers import NOT_IN_PRODUCTION, PROVIDERS


@register()
def provider_is_known(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    name = settings.SMS_PROVIDER
    if name not in PROVIDERS:
        known = ", ".join(sorted(PROVIDERS))
        return [Error(f"SMS_PROVIDER is {name!r}; it must be one of: {known}.", id="dspp.E020")]
    if settings.PRODUCTION and name in NOT_IN_PRODUCTION:
        return [Error(f"SMS_PROVIDER {name!r} reaches no real phone.", id="dspp.E021")]
    return []


@register(deploy=True)
def messages_leave_the_house(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    if settings.SMS_PROVIDER != "console":
        return []
    return [Info("SMS_PROVIDER is console: nobody receives a text message.", id="dspp.I020")]

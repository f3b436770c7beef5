from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Warning, register

from dsp_platform.notifications import rate_limits
from dsp_platform.notifications.models import CODES, Tier
from dsp_platform.notifications.providers import NOT_IN_PRODUCTION, PREFIXES, PROVIDERS, names
from dsp_platform.notifications.providers.gateway_settings import gateway_settings, mistakes


@register()
def providers_are_known(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    chosen = {"SMS_PROVIDER": settings.SMS_PROVIDER, "SMS_SECOND_PROVIDER": settings.SMS_SECOND_PROVIDER}
    for setting, name in chosen.items():
        if name not in PROVIDERS and (name or setting == "SMS_PROVIDER"):
            known = ", ".join(sorted(PROVIDERS))
            found.append(Error(f"{setting} is {name!r}; it must be one of: {known}.", id="dspp.E020"))
        elif settings.PRODUCTION and name in NOT_IN_PRODUCTION:
            found.append(Error(f"{setting} {name!r} reaches no real phone.", id="dspp.E021"))
    if settings.SMS_PROVIDER == settings.SMS_SECOND_PROVIDER:
        found.append(Error("SMS_SECOND_PROVIDER is the same as SMS_PROVIDER.", id="dspp.E022"))
    return found


@register()
def gateways_are_described(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    return [
        Error(mistake, id="dspp.E023")
        for name in names()
        if name in PREFIXES
        for mistake in mistakes(gateway_settings(PREFIXES[name]), production=settings.PRODUCTION)
    ]


@register()
def budgets_are_positive(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    return [
        Error(f"SMS_{kind.upper()}_PER_{window.upper()} must be at least 1.", id="dspp.E024")
        for (kind, window), most in settings.SMS_BUDGET.items()
        if not most or most < 1
    ]


@register()
def limits_make_sense(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for prefix, limits in (
        ("SMS_NETWORK", settings.SMS_NETWORK_CODES),
        ("SMS_NETWORK_UNPROVED", settings.SMS_NETWORK_UNPROVED),
    ):
        for window, most in limits.items():
            if not most or most < 20:  # a twentieth of it is for confirming numbers
                found.append(Error(f"{prefix}_PER_{window.upper()} must be at least 20.", id="dspp.E025"))
    if not 0 <= (settings.SMS_CODE_RESERVE or 0) <= 90:
        found.append(Error("SMS_CODE_RESERVE must be a percentage from 0 to 90.", id="dspp.E026"))
    if settings.MESSAGE_PHONE_DAYS < 1:
        found.append(Error("MESSAGE_PHONE_DAYS must be at least 1.", id="dspp.E027"))
    return found


@register()
def no_network_uses_up_the_budget(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """All codes that one network may cause are fewer than those that unknown browsers may use."""
    if not all((*settings.SMS_BUDGET.values(), *settings.SMS_NETWORK_CODES.values())):
        return []  # the checks above report it
    spent = [
        (kind, window)
        for (kind, window), whole in settings.SMS_BUDGET.items()
        if kind in CODES
        and sum(rate_limits.most_codes(kind, tier, window) for tier in Tier)
        >= whole * (100 - (settings.SMS_CODE_RESERVE or 0)) // 100
    ]
    return [
        Warning(
            f"One network may cause all of SMS_{kind.upper()}_PER_{window.upper()} that strangers have.",
            hint=f"Lower SMS_NETWORK_PER_{window.upper()}.",
            id="dspp.W021",
        )
        for kind, window in spent
    ]


@register(deploy=True)
def receipts_have_a_secret(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    return [
        Warning(f"{PREFIXES[name]}RECEIPT_SECRET is not set: nobody learns what arrived.", id="dspp.W020")
        for name in names()
        if name in PREFIXES and not gateway_settings(PREFIXES[name]).receipt_secret
    ]


@register(deploy=True)
def messages_are_sent(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    if settings.SMS_PROVIDER != "console":
        return []
    return [Info("SMS_PROVIDER is console: nobody receives a text message.", id="dspp.I020")]

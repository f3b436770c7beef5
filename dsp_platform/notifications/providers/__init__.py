"""Who carries a text message to a phone. One small contract; the setting ``SMS_PROVIDER`` names one."""

from django.conf import settings

from dsp_platform.notifications.providers import console, demo, fake
from dsp_platform.notifications.providers.contract import Provider

PROVIDERS: dict[str, type[Provider]] = {
    "console": console.Console,
    "demo": demo.DemoPhone,
    "fake_accepts": fake.Accepts,
    "fake_refuses": fake.Refuses,
    "fake_crashes": fake.Crashes,
}
# These let no message out of the house, so they have no place in production.
NOT_IN_PRODUCTION = {"demo", "fake_accepts", "fake_refuses", "fake_crashes"}


def provider() -> Provider:
    return PROVIDERS[settings.SMS_PROVIDER]()

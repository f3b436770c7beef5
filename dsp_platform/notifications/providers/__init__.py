"""The providers of text messages. The settings name one, and a second for when it fails."""

from django.conf import settings

from dsp_platform.notifications.providers import console, demo, fake, http_gateway
from dsp_platform.notifications.providers.contract import Provider

PROVIDERS: dict[str, type[Provider]] = {
    "console": console.Console,
    "demo": demo.DemoPhone,
    "http_gateway": http_gateway.HttpGateway,
    "second_http_gateway": http_gateway.SecondHttpGateway,
    "fake_accepts": fake.Accepts,
    "fake_refuses": fake.Refuses,
    "fake_crashes": fake.Crashes,
}
# These send nothing to a phone.
NOT_IN_PRODUCTION = {"demo", "fake_accepts", "fake_refuses", "fake_crashes"}
# The prefix of each gateway's settings, also of those that are not in use.
PREFIXES = {kind.name: kind.prefix for kind in (http_gateway.HttpGateway, http_gateway.SecondHttpGateway)}


def names() -> list[str]:
    """In the order in which they are tried."""
    return list(filter(None, (settings.SMS_PROVIDER, settings.SMS_SECOND_PROVIDER)))


def provider(name: str) -> Provider:
    return PROVIDERS[name]()

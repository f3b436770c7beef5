import pytest

from dsp_platform.notifications import services
from dsp_platform.notifications.providers.fake import Accepts
from dsp_platform.notifications.sms_templates import Recipient, is_registered, register_sms_template

TEXT = "tests.greeting"


def greeting(params: dict) -> str:
    return params["words"]


if not is_registered(TEXT):
    register_sms_template(TEXT, greeting, recipient=Recipient.PROVED)


@pytest.fixture
def outbox(settings) -> list[tuple[str, str]]:
    """The messages that the provider accepted."""
    settings.SMS_PROVIDER = "fake_accepts"
    Accepts.sent.clear()
    return Accepts.sent


@pytest.fixture
def write():
    def write_message(words: str = "hello", **extra):
        values = {"phone": "+85512345678", "language": "km", "template": TEXT, "params": {"words": words}}
        return services.send(**{**values, **extra})

    return write_message


@pytest.fixture
def tenth(settings):
    """A tenth of the limits of production."""
    settings.SMS_BUDGET = {key: most // 10 for key, most in settings.SMS_BUDGET.items()}
    settings.SMS_NETWORK_CODES = {key: most // 10 for key, most in settings.SMS_NETWORK_CODES.items()}
    settings.SMS_NETWORK_UNPROVED = {key: most // 10 for key, most in settings.SMS_NETWORK_UNPROVED.items()}
    return settings

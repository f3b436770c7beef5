from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from dsp_platform.encryption.sealed import private_key


@register()
def offline_keys_are_keys(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """Without a key nothing is kept on a device: a line that drops would lose what was typed."""
    hint = "openssl rand -base64 32"
    if not settings.OFFLINE_KEYS and settings.PRODUCTION:
        return [Error("OFFLINE_KEYS must hold at least one private key.", hint=hint, id="dspp.E016")]
    found: list[CheckMessage] = []
    for number, key in enumerate(settings.OFFLINE_KEYS, start=1):
        try:
            private_key(key)
        except ValueError as error:
            words = f"OFFLINE_KEYS: key {number} is no private key: {error}."
            found.append(Error(words, hint=hint, id="dspp.E016"))
    return found

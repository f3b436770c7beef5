"""The numbers of cards that operators report are encrypted when they are stored."""

from collections.abc import Mapping
from typing import Any

from dsp_platform.encryption import crypto

ENCRYPTED = ("card",)
"""The values that are numbers of cards."""


def encrypted_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they are stored."""
    return {
        name: crypto.encrypt(str(value)).decode() if name in ENCRYPTED and value else value
        for name, value in values.items()
    }


def decrypted_value(values: Mapping[str, Any], name: str) -> str:
    token = values.get(name)
    return crypto.decrypt(token.encode()) if token else ""

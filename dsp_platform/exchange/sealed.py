"""What an operator reports of a document is encrypted from the moment it is stored, also while it is held."""

from collections.abc import Mapping
from typing import Any

from dsp_platform import crypto

SEALED = ("card",)
"""The values that hold the number of a card."""


def sealed(values: Mapping[str, Any]) -> dict[str, Any]:
    """As they are stored."""
    return {
        name: crypto.encrypt(str(value)).decode() if name in SEALED and value else value
        for name, value in values.items()
    }


def read_sealed(values: Mapping[str, Any], name: str) -> str:
    token = values.get(name)
    return crypto.decrypt(token.encode()) if token else ""

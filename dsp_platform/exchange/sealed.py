"""The numbers of cards that operators report are encrypted when they are stored."""

from collections.abc import Mapping
from typing import Any

from dsp_platform import crypto

SEALED = ("card",)
"""The values that are numbers of cards."""


def sealed(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they are stored."""
    return {
        name: crypto.encrypt(str(value)).decode() if name in SEALED and value else value
        for name, value in values.items()
    }


def read_sealed(values: Mapping[str, Any], name: str) -> str:
    token = values.get(name)
    return crypto.decrypt(token.encode()) if token else ""

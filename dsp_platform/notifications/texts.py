"""The texts that can be sent. Each domain registers its own; they are rendered when they are sent."""

from collections.abc import Callable
from typing import Any

from django.utils import translation

# Returns "" when there is nothing to say any more; then nothing is sent.
Render = Callable[[dict[str, Any]], str]

_texts: dict[str, Render] = {}


def register_text(name: str, render: Render) -> None:
    if _texts.setdefault(name, render) is not render:
        raise ValueError(f"Two texts are called {name}.")


def is_registered(name: str) -> bool:
    return name in _texts


def render(name: str, params: dict[str, Any], language: str) -> str:
    with translation.override(language):
        return _texts[name](params)

"""The text messages that can be sent. Each domain registers its templates; they are rendered when sent."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.utils import translation

from dsp_platform.translations.label import Label

# Returns "" when there is nothing to say any more; then nothing is sent. ``params`` hold ``SENT_TO`` too: the
# number it goes to, for what only somebody who proved it may read.
SENT_TO = "sent_to"
Render = Callable[[dict[str, Any]], str]


class Recipient(Enum):
    """How the platform got the number."""

    PROVED = "proved"  # a code was read from it: the phone of an account, a confirmed contact number
    ON_RECORD = "on_record"  # an official or an operator wrote it down
    TYPED = "typed"  # anybody typed it, and it may be a stranger's


@dataclass(frozen=True)
class SmsTemplate:
    """``title`` names it for the person and the steward; lazy, so in their language.

    ``is_code``: a one-time code, which no page shows and which has budgets of its own.
    """

    render: Render
    title: Label
    recipient: Recipient
    is_code: bool = False


_registered: dict[str, SmsTemplate] = {}


def register_sms_template(
    name: str,
    render: Render,
    *,
    recipient: Recipient,
    title: Label | None = None,
    is_code: bool = False,
) -> None:
    """A number that is only typed gets nothing but the code that proves it."""
    if recipient is Recipient.TYPED and not is_code:
        raise ValueError(f"{name} would go to a number that nobody has proved.")
    template = SmsTemplate(render, title or name, recipient, is_code)
    if _registered.setdefault(name, template).render is not render:
        raise ValueError(f"Two texts are called {name}.")


def is_registered(name: str) -> bool:
    return name in _registered


def registered() -> dict[str, SmsTemplate]:
    return dict(_registered)


def title_of(name: str) -> str:
    """In the active language; the name of a text that is not registered any more."""
    return str(_registered[name].title) if name in _registered else name


def is_code(name: str) -> bool:
    return name in _registered and _registered[name].is_code


def code_names() -> Iterable[str]:
    return [name for name, template in _registered.items() if template.is_code]


def render(name: str, params: dict[str, Any], language: str, phone: str = "") -> str:
    """As it goes to this number now; without one, as it would go to one that nobody has proved."""
    with translation.override(language):
        return _registered[name].render({**params, SENT_TO: phone})

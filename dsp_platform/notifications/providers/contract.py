from dataclasses import dataclass
from typing import ClassVar, Protocol


@dataclass(frozen=True)
class Receipt:
    reference: str = ""


class Unreachable(Exception):
    """Not accepted: the provider did not answer, or said "later". The message stays due.

    ``args[0]``, where there is one, is a short reason without personal data.
    """


class OutcomeUnknown(Unreachable):
    """It was sent, and no usable answer came: the provider may have accepted it."""


class MessageRefused(Exception):
    """The provider will never accept this message. ``args[0]`` is a short reason without personal data."""


class Provider(Protocol):
    name: ClassVar[str]

    def send(self, phone: str, text: str) -> Receipt:
        """Send one message, with time-outs well below a minute.

        Raises Unreachable, OutcomeUnknown or MessageRefused.
        """

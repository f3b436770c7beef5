from dataclasses import dataclass
from typing import ClassVar, Protocol


@dataclass(frozen=True)
class Receipt:
    reference: str = ""


class Unreachable(Exception):
    """The provider did not answer, or said "later": the message stays due."""


class Refused(Exception):
    """The provider will never carry this message. ``args[0]`` is a short reason without personal data."""


class Provider(Protocol):
    name: ClassVar[str]

    def send(self, phone: str, text: str) -> Receipt:
        """Hand over one message; own time-outs, well below a minute. Raises Unreachable or Refused."""

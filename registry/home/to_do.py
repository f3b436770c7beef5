from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ToDo:
    """One entry of "What to do next". ``about`` names what it is about and may be HTML."""

    text: str
    url: str
    about: str
    urgent: bool = True

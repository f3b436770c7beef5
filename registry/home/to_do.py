from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from registry.models import Household, Person


@dataclass(frozen=True, slots=True)
class ToDo:
    """One entry of "What to do next". ``about`` names what it is about and may be HTML."""

    text: str
    url: str
    about: str
    urgent: bool = True


def ways_back(person: Person, household: Household | None) -> list[ToDo]:
    """For somebody who lives in no household: no support without one."""
    if household is not None or person.died_on is not None:
        return []
    about = _("You live in no registered household now. Your SPID stays yours.")
    taken_in = _("If you moved in with others, they tell it as a change of their household, with your SPID.")
    again = _("Register a household of your own")
    return [ToDo(again, reverse("registry:register"), f"{about} {taken_in}")]

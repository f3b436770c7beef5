"""Answers about the health and daily life of one person, stored as they were given."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from dsp_platform.translations.label import Label
from registry.models import Person

Answers = tuple[tuple[str, int | bool, Label], ...]
"""As the form sends it, as it is stored, and its label."""

UNKNOWN = ("unknown", _("I do not know"))
YES_NO: Answers = (("yes", True, _("Yes")), ("no", False, _("No")))
DIFFICULTY: Answers = tuple((str(value), value, label) for value, label in Person.Difficulty.choices)


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstance:
    """Stored in the column of ``Person`` that has its name; NULL is "not known"."""

    name: str
    label: Label
    ages: range
    """At which ages it is asked."""

    sex: str = ""
    """Asked only of persons of this sex."""

    answers: Answers = YES_NO

    @property
    def choices(self) -> list[tuple[str, Label]]:
        """Of the form."""
        return [*((answer, label) for answer, _value, label in self.answers), UNKNOWN]

    @property
    def labels(self) -> dict[int | bool, Label]:
        """By stored value."""
        return {value: label for _answer, value, label in self.answers}

    def is_asked_of(self, ages: range, sex: str | None) -> bool:
        """Of somebody who has one of these ages."""
        return any(age in self.ages for age in ages) and self.sex in ("", sex)

    def stored(self, answer: str) -> int | bool | None:
        """None for "I do not know". Raises KeyError for what is no answer."""
        if answer == UNKNOWN[0]:
            return None
        return {given: value for given, value, _label in self.answers}[answer]

    def answer(self, stored: int | bool | None) -> str:
        """The reverse of ``stored``."""
        return next((given for given, value, _label in self.answers if value == stored), UNKNOWN[0])


def from_age(years: int) -> range:
    return range(years, 1000)


def _difficulty(name: str, label: Label) -> Circumstance:
    return Circumstance(name=name, label=label, ages=from_age(2), answers=DIFFICULTY)


DIFFICULTIES = (
    _difficulty("seeing", _("Difficulty seeing, even with glasses")),
    _difficulty("hearing", _("Difficulty hearing, even with a hearing aid")),
    _difficulty("walking", _("Difficulty walking or climbing steps")),
    _difficulty("remembering", _("Difficulty remembering or concentrating")),
    _difficulty("self_care", _("Difficulty with self-care, such as washing or dressing")),
    _difficulty("communicating", _("Difficulty communicating in one's usual language")),
)
"""The six questions of the Washington Group short set, in its order."""

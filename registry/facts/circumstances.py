"""Answers about the health and daily life of one person, stored as they were given."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from dsp_platform.translations.label import Label
from registry.models import Person

Answers = tuple[tuple[str, int | bool, Label], ...]
"""As the form sends it, as it is stored, and its label."""

UNKNOWN = ("unknown", _("I do not know"))
YES_NO: Answers = (("yes", True, _("Yes")), ("no", False, _("No")))
DIFFICULTY: Answers = tuple((str(value), value, label) for value, label in Person.Difficulty.choices)


UNREACHED = 1000
"""An age that nobody reaches."""


def from_age(years: int) -> range:
    return range(years, UNREACHED)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedOf:
    """Whom a question is asked of: by a registration, a change, and "What can I get?" alike.

    Of everybody else the answer is no, whatever was stored before: nobody could tell otherwise.
    """

    ages: range = from_age(0)
    """Full years; where only the year of birth is known, whoever may have such an age is asked."""

    sex: str = ""
    """Empty: of both."""

    def includes(self, ages: Sequence[int], sex: str | None) -> bool:
        """Somebody who has one of these ages."""
        return any(age in self.ages for age in ages) and self.sex in ("", sex)


EVERYBODY = AskedOf()


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstance:
    """Stored in the column of ``Person`` that has its name; NULL is "not known"."""

    name: str
    label: Label
    """With its answer, where it is shown."""

    question: Label = ""
    """As the form asks it; empty where it is the label."""

    answers: Answers = YES_NO

    @property
    def choices(self) -> list[tuple[str, Label]]:
        """Of the form."""
        return [*((answer, label) for answer, _value, label in self.answers), UNKNOWN]

    @property
    def labels(self) -> dict[int | bool, Label]:
        """By stored value."""
        return {value: label for _answer, value, label in self.answers}

    def stored(self, answer: str) -> int | bool | None:
        """None for "I do not know". Raises KeyError for what is no answer."""
        if answer == UNKNOWN[0]:
            return None
        return {given: value for given, value, _label in self.answers}[answer]

    def answer(self, stored: int | bool | None) -> str:
        """The reverse of ``stored``."""
        return next((given for given, value, _label in self.answers if value == stored), UNKNOWN[0])


def _difficulty(name: str, label: Label, question: Label) -> Circumstance:
    return Circumstance(name=name, label=label, question=question, answers=DIFFICULTY)


DIFFICULTIES = (
    _difficulty(
        "seeing",
        _("Difficulty seeing, even if wearing glasses"),
        _("Does this person have difficulty seeing, even if wearing glasses?"),
    ),
    _difficulty(
        "hearing",
        _("Difficulty hearing, even if using a hearing aid"),
        _("Does this person have difficulty hearing, even if using a hearing aid?"),
    ),
    _difficulty(
        "walking",
        _("Difficulty walking or climbing steps"),
        _("Does this person have difficulty walking or climbing steps?"),
    ),
    _difficulty(
        "remembering",
        _("Difficulty remembering or concentrating"),
        _("Does this person have difficulty remembering or concentrating?"),
    ),
    _difficulty(
        "self_care",
        _("Difficulty with self-care, such as washing all over or dressing"),
        _("Does this person have difficulty with self-care, such as washing all over or dressing?"),
    ),
    _difficulty(
        "communicating",
        _("Difficulty communicating in the usual language, for example understanding or being understood"),
        _(
            "Using their usual language, does this person have difficulty communicating, for example "
            "understanding or being understood?"
        ),
    ),
)
"""The six questions of the Washington Group short set, in its words and order."""

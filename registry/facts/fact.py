from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from django.utils.translation import gettext_lazy as _

from dsp_platform.translations.label import Label
from registry.facts.circumstances import EVERYBODY, AskedOf, Circumstance
from registry.models import Household, Membership, Person
from registry.rules.names import Known, Value

Choices = Sequence[tuple[str, Label]]
SentencePair = tuple[Label, Label]
"""A sentence to the person concerned, and about somebody else."""


def number(least: int, most: int) -> int | range:
    """A range where the number is not known exactly."""
    return least if least == most else range(least, most + 1)


def both(sentence: Label) -> SentencePair:
    """The same to everybody: it is about the household."""
    return sentence, sentence


NO_HOUSEHOLD = both(_("The household is not known yet."))
HEALTH_HIDDEN = _("This depends on the health of this person, which is not shown here.")


@dataclass(frozen=True, slots=True)
class Members:
    """Of one household, now; ``ages`` that they may have, in the order of ``persons``."""

    household: Household
    persons: Sequence[Person]
    ages: Sequence[range]
    today: date

    @classmethod
    def of(cls, household: Household, persons: Sequence[Person], today: date) -> "Members":
        return cls(household, persons, [one.born.ages_on(today) for one in persons], today)


@dataclass(frozen=True, slots=True, kw_only=True)
class FactQuestion:
    """The question of "What can I get?"."""

    heading: Label
    of_other: Label = ""
    """The heading where it is about somebody else of the household; empty where both are asked the same."""
    help: Label = ""
    choices: Choices = ()
    """Of a text: the answers, where they have other words than the values of the fact."""
    is_long: bool = False
    """Of a text: a drop-down list instead of radio buttons."""
    least: int = 0
    most: int = 40
    """Of a number: which values it can have, in a rule too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """``sql`` is over ``person``, ``home`` and ``household``; of a count, an aggregate over the members.

    One of ``of_person``, ``of_membership`` and ``of_members`` computes the same from the models; a property
    test compares the two. None and NULL are "not known".
    """

    name: str
    type: type[Value]
    sql: str
    label: Label
    """In a rule in words."""

    meaning: Label
    """To those who write rules."""

    question: FactQuestion
    most_sql: str = ""
    """Of a number that dates of birth may leave open: the last that it can be; ``sql`` is the first."""
    reaches: Callable[[int], tuple[str, str]] | None = None
    """Of such a number: SQL of whether the first and the last that it can be are at least this."""

    of_person: Callable[[Person, date], Value | range | None] | None = None
    of_membership: Callable[[Membership], Value | None] | None = None
    of_members: Callable[[Members], Value | range | None] | None = None
    is_counted: bool = False
    is_health: bool = False
    """What one member of a household is not shown of another."""

    choices: Callable[[], Choices] = tuple
    """Of a text: what it can be compared with, and the labels of these values."""

    former: Callable[[], Choices] = tuple
    """Of a text: values that are no more, which a rule in force may name still."""

    circumstances: tuple[Circumstance, ...] = ()
    """The stored answers it is computed from."""

    ages: range | None = None
    """Of a number of members: those of these ages."""

    members: str = ""
    """Of a number of members: a condition on ``person`` that nobody who is not counted meets. Where there is
    none, members who are not counted may decide whether the number is known."""

    counts: str = ""
    """The fact of each member that it counts, where that is told by the members."""

    asked_of: AskedOf = EVERYBODY
    """Of a fact that is yes or no."""

    reported_in: Literal["circumstances", "birth-date", "assessment", "household"] = "household"
    """Where it is told when it is missing: by one of these two kinds of change, by the interview of IDPoor,
    or by the office that puts the person into a household."""

    unknown: SentencePair = NO_HOUSEHOLD
    known: SentencePair | Mapping[Value, SentencePair] = field(default_factory=dict)
    """In a reason: a sentence with ``%(value)s``, or one for each value."""

    bounds: tuple[SentencePair, SentencePair] | None = None
    """Of a number whose bound in the rule says more than the number: at least ``%(value)s``, and below it."""

    hidden: Label = HEALTH_HIDDEN

    @property
    def column(self) -> str:
        """Its value in a statement: counts are joined as the table ``counted``."""
        return self._counted(self.name) if self.is_counted else self.sql

    @property
    def most_column(self) -> str:
        return self._counted(f"{self.name}_most") if self.is_counted and self.most_sql else self.most_sql

    def _counted(self, column: str) -> str:
        """A household may have no row, where those it would count are the only ones that are read."""
        if not self.members:
            return f"counted.{column}"
        return f"(CASE WHEN household.id IS NOT NULL THEN COALESCE(counted.{column}, 0) END)"

    def possible(self) -> Collection[Value]:
        """The values that it can have, where it is known."""
        if self.type is bool:
            return (True, False)
        if self.type is int:
            return range(self.question.least, self.question.most + 1)
        return [str(value) for value, _label in self.choices()]

    def label_of(self, value: Value | range) -> str:
        """The label of a value of a text; any other value as it is written."""
        if isinstance(value, range):
            ends = {"least": value[0], "most": value[-1]}
            return str(_("%(least)s or %(most)s") if len(value) == 2 else _("%(least)s to %(most)s")) % ends
        return str(dict([*self.former(), *self.choices()]).get(str(value), value))

    def is_surely_no(self, known: Known) -> bool:
        """By age and sex alone: whoever is not asked, whatever is not known yet of the two."""
        age, asked = known["age"], self.asked_of
        ages = asked.ages if age is None else age if isinstance(age, range) else (int(age),)
        return not asked.includes(ages, str(known["sex"] or asked.sex))

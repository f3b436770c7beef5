"""What speaks for one person and what against, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from registry.matching.labels import COMPARISONS, LEVELS, LITTLE
from registry.models import DuplicateCase

DECIMALS = 1
MUCH = 5
"""Odds changed by 32 or more: a word for a figure, and no threshold of anything."""
SHORT = 3
"""How many are named in a list."""


@dataclass(frozen=True, slots=True)
class Line:
    comparison: str
    level: str
    weight: float
    is_assumed: bool = False

    @property
    def speaks_for(self) -> bool:
        return self.weight > 0

    @property
    def sentence(self) -> str:
        return _("%(compared)s: %(found)s.") % {"compared": self.comparison, "found": self.level}

    @property
    def says(self) -> str:
        """What follows from it, in a sentence: for how much it speaks is the figure beside it."""
        if self.is_assumed:
            return ""
        if abs(self.weight) < LITTLE:
            return _("It says almost nothing.")
        if self.speaks_for:
            return (
                _("It speaks strongly for one person.")
                if self.weight >= MUCH
                else _("It speaks for one person.")
            )
        return (
            _("It speaks strongly for two persons.")
            if self.weight <= -MUCH
            else _("It speaks for two persons.")
        )


def lines_of(case: DuplicateCase) -> list[Line]:
    """The strongest first, for or against. What weighs nothing is left out."""
    return sorted(_lines(case.evidence), key=lambda line: -abs(line.weight))


def all_lines(case: DuplicateCase) -> list[Line]:
    """Before them what was assumed of any two: the weights are in sum that of the case, as both are shown."""
    found = lines_of(case)
    assumed = shown(case.weight) - sum(line.weight for line in found)
    words = _("Before anything is compared"), _("any two records are rarely of one person")
    before = Line(*words, shown(assumed), is_assumed=True)
    return [before, *found] if found else []


def shown(weight: float) -> float:
    return round(weight, DECIMALS)


def _lines(evidence: Sequence[Mapping[str, Any]]) -> list[Line]:
    """A level that an earlier table of weights had, and that of today has not, is shown by its code."""
    found = []
    for one in evidence:
        comparison, level = one["comparison"], one["level"]
        words = LEVELS.get(comparison, {}).get(level, level)
        if one["weight"]:
            found.append(Line(str(COMPARISONS.get(comparison, comparison)), str(words), shown(one["weight"])))
    return found


def summary(case: DuplicateCase) -> str:
    """The strongest evidence for one person, in a few words."""
    found = [line for line in lines_of(case) if line.speaks_for][:SHORT]
    return "; ".join(f"{line.comparison}: {line.level}" for line in found)

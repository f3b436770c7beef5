"""What speaks for one person and what against, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from registry.matching.labels import comparison_label, level_label
from registry.models import DuplicateCase

SHORT = 3
"""How many are named in a list."""


@dataclass(frozen=True, slots=True)
class Line:
    comparison: str
    level: str
    weight: float

    @property
    def speaks_for(self) -> bool:
        return self.weight > 0


def lines_of(case: DuplicateCase) -> list[Line]:
    """The strongest first, for or against. What weighs nothing is left out."""
    return sorted(_lines(case.evidence), key=lambda line: -abs(line.weight))


def _lines(evidence: Sequence[Mapping[str, Any]]) -> list[Line]:
    return [
        Line(
            str(comparison_label(one["comparison"])),
            str(level_label(one["comparison"], one["level"])),
            one["weight"],
        )
        for one in evidence
        if one["weight"]
    ]


def summary(case: DuplicateCase) -> str:
    """The strongest evidence for one person, in a few words."""
    found = [line for line in lines_of(case) if line.speaks_for][:SHORT]
    return "; ".join(f"{line.comparison}: {line.level}" for line in found)

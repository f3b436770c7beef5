"""The questions about health and daily life: who is asked."""

from typing import Any

from registry.facts.table import CIRCUMSTANCES
from registry.persons.ages import ages_of


def questions_for(member: dict[str, Any]) -> list[str]:
    """Which circumstances are asked of this member of a draft, by age and sex."""
    if "born" not in member:
        return []
    ages, sex = ages_of(member), member.get("sex")
    return [name for name, circumstance in CIRCUMSTANCES.items() if circumstance.is_asked_of(ages, sex)]

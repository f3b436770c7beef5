"""The questions about health and daily life: who is asked."""

from typing import Any

from registry.facts.table import circumstances_asked
from registry.persons.ages import age_of


def questions_for(member: dict[str, Any]) -> list[str]:
    """Which circumstances are asked of this member of a draft, by age and sex."""
    if "born" not in member:
        return []
    return circumstances_asked(age_of(member), member.get("sex"))

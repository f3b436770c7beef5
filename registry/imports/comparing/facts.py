"""A birth or a sex that nobody can have who lives with these others: it is not filled."""

from collections.abc import Collection
from typing import Any

from registry.imports.staging.members import contradicting
from registry.models import StagedRow
from registry.persons.origins import names_in_origins


def ask_what_cannot_be(decided: Collection[Any]) -> None:
    """``decided``: of rows. Says of such a value that a steward is asked, as ``writing.fill`` will."""
    against = contradicting({one.person: one.facts for one in decided if one.facts})
    for one in decided:
        if one.person in against:
            facts = names_in_origins(one.facts)
            one.findings = [
                ["says_otherwise" if code == "fills" and column in facts else code, column, params]
                for code, column, params in one.findings
            ]
            if facts:
                one.outcome = StagedRow.Outcome.CONFLICT

"""The poverty level of a household that is registered, as the row of its head has it: by the same trust, rank
and conflicts as the values of a person."""

from typing import Any

from registry.imports.planning.filling import Beliefs, Filling
from registry.models import Household
from registry.provenance.services import Difference

COLUMN = "poverty_level"


def level_filling(home: Household, head: int, row: Any, beliefs: Beliefs) -> Filling:
    """``head``: key of who leads it. The level and its last day are one value."""
    found = Filling()
    if not (row.poverty_level and row.household):
        return found
    held, given = (home.poverty_level, home.poverty_valid_to), (row.poverty_level, row.poverty_valid_to)
    if held == given:
        found.agreeing.append((head, COLUMN))
    elif beliefs.may_write(COLUMN, home.poverty_level, home.poverty_source):
        found.values = {COLUMN: given[0], "poverty_valid_to": given[1]}
    elif home.poverty_level != row.poverty_level:
        found.differences.append(Difference(head, COLUMN, home.poverty_level, row.poverty_level))
    return found

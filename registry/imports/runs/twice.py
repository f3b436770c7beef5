"""Two rows of one file that are of the same person, and say different things of them: nobody knows which is
right, so the earlier one counts, and whoever approves the import reads where the later one differs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from registry.imports.runs.filling import Beliefs, Filling, born_of, filling
from registry.imports.runs.levels import COLUMN as LEVEL
from registry.imports.sources.trust import Trust
from registry.models import Membership, Person

HEAD = Membership.Relationship.HEAD
CODE = "rows_differ"
NOBODY = Beliefs("", Trust(), {})
"""May write nothing: all that differs is a difference."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A row as if it were registered."""

    row: Any

    def __getattr__(self, name: str) -> Any:
        return getattr(self.row, name)

    @property
    def pk(self) -> int:
        return 0

    @property
    def born(self) -> Any:
        return born_of(self.row)

    @property
    def village_id(self) -> str:
        return str(self.row.village)

    @property
    def origins(self) -> Mapping[str, str]:
        return {}


def said_otherwise(earlier: Any, later: Any) -> list[str]:
    """Of which columns the later row says something that cannot stand beside the earlier one."""
    found = filling(cast(Person, _Row(earlier)), later, NOBODY)
    return [one.column for one in found.differences if one.on_record]


def findings_of(earlier: Any, later: Any) -> list[list[Any]]:
    """As they are stored with the later row."""
    columns = said_otherwise(earlier, later)
    if _level_differs(earlier, later):
        columns.append(LEVEL)
    return [[CODE, column, {"row": earlier.number}] for column in columns]


def _level_differs(earlier: Any, later: Any) -> bool:
    """The level and its last day are one value, told by the rows of heads."""
    if not (earlier.relationship == later.relationship == HEAD and earlier.poverty_level):
        return False
    told = [(row.poverty_level, row.poverty_valid_to) for row in (earlier, later)]
    return bool(later.poverty_level) and told[0] != told[1]


def left_out(row: Any) -> set[str]:
    """Columns of which an earlier row says otherwise."""
    return {column for code, column, _params in row.findings if code == CODE}


def without_what_differs(person: Person, found: Filling) -> Filling:
    """Of a later row, once the earlier one has its person: only what that one left empty, or told less
    exactly."""
    kept = {
        name: value
        for name, value in found.values.items()
        if not getattr(person, name) or (name == "born" and value.is_within(person.born))
    }
    return Filling(values=kept, agreeing=found.agreeing)

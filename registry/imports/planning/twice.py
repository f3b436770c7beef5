"""Two rows of one file that are of the same person. Where they say different things nobody knows which is
right, so the earlier one counts, and whoever approves the import reads where the later one differs. The later
one adds only of what the earlier one says nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

from registry.imports.planning.documents import without_types
from registry.imports.planning.filling import Beliefs, Filling, born_of, filling
from registry.imports.planning.levels import COLUMN as LEVEL
from registry.imports.sources.trust import Trust
from registry.models import Membership, Person
from registry.persons.origins import names_in_origins

HEAD = Membership.Relationship.HEAD
CODE = "rows_differ"
OF_ONE = ("fills", "says_otherwise")
"""Findings about one column."""
OF_BOTH = ("enrols", "moves_in")
"""Findings about the person, alike for each of their rows."""
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


class Told(NamedTuple):
    """Columns of a later row."""

    otherwise: list[str]
    """Of which it says something that cannot stand beside the earlier one."""
    alike: set[str]
    """Of which it says no more than the earlier one."""

    @property
    def by_both(self) -> set[str]:
        """Of which the earlier one alone counts, whatever becomes of it: perhaps nothing."""
        return self.alike.union(self.otherwise)


def told_before(earlier: Any, later: Any) -> Told:
    found = filling(cast(Person, _Row(earlier)), later, NOBODY)
    otherwise = [one.column for one in found.differences if one.on_record]
    alike = {column for _person, column in found.agreeing}
    if earlier.relationship == later.relationship == HEAD and earlier.poverty_level and later.poverty_level:
        # The level and its last day are one value, told by the rows of heads.
        levels = [(row.poverty_level, row.poverty_valid_to) for row in (earlier, later)]
        if levels[0] == levels[1]:
            alike.add(LEVEL)
        else:
            otherwise.append(LEVEL)
    return Told(otherwise, alike)


def findings_of_later(earlier: Any, later: Any) -> list[list[Any]]:
    """All that is stored with the later row: what was found of it by itself, without what the earlier one
    does, and that there are two."""
    told = told_before(earlier, later)
    types = {kind for kind, _number, _digest in earlier.documents}
    done = {(code, column) for code, column, _params in earlier.findings if code in OF_BOTH}
    own = [
        [code, column, params]
        for code, column, params in without_types(later.findings, types)
        if not (code in OF_ONE and column in told.by_both) and (code, column) not in done
    ]
    differing = [[CODE, column, {"row": earlier.number}] for column in told.otherwise]
    return [*own, ["person_twice", "", {}], *differing]


def only_more(found: Filling, told: Told) -> Filling:
    """Of a later row. What the earlier one was said of it neither ends nor is replaced."""
    said = told.by_both
    return Filling(
        values={
            name: value for name, value in found.values.items() if names_in_origins([name])[0] not in said
        },
        differences=[one for one in found.differences if one.column not in said],
        agreeing=[one for one in found.agreeing if one[1] not in said],
    )

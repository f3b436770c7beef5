"""A household that was registered twice: what else is decided between the two, and who is in the way of
merging their heads."""

from collections.abc import Collection
from dataclasses import dataclass

from registry.duplicates.between import open_between
from registry.duplicates.remaining import suggested_home, suggested_of
from registry.merging.homes import left_without_head, possible_homes
from registry.models import DuplicateCase, Household, Membership


@dataclass(frozen=True, slots=True)
class InTheWay:
    """Somebody who lives in a household that loses its head, and what may be decided about them."""

    membership: Membership
    cases: list[DuplicateCase]


@dataclass(frozen=True, slots=True)
class Twice:
    """``left``: the household that is closed once nobody lives in it; None where nobody is in the way."""

    home: Household | None
    left: Household | None
    in_the_way: list[InTheWay]
    cases: list[DuplicateCase]
    """The others that wait between members of the two households."""


def registered_twice(case: DuplicateCase) -> Twice | None:
    """None where the two live in one household or none, or nothing else is to be decided between them."""
    kept, merged = suggested_of(case)
    homes = possible_homes(kept, merged)
    if len(homes) < 2:
        return None
    cases = [one for one in open_between(homes) if one != case]
    home = suggested_home(kept, merged)
    left = left_without_head(kept, merged, home)
    if not (cases or left):
        return None
    return Twice(home, left, _in_the_way(left, (kept.pk, merged.pk), cases) if left else [], cases)


def _in_the_way(left: Household, heads: Collection[int], cases: list[DuplicateCase]) -> list[InTheWay]:
    rows = left.memberships.current().exclude(person__in=heads)
    return [
        InTheWay(row, [one for one in cases if row.person_id in (one.first_id, one.second_id)])
        for row in rows.select_related("person").order_by("pk")
    ]

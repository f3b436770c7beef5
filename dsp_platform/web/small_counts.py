"""Small counts of people are not shown exactly: they could identify somebody."""

from collections.abc import Container, Hashable, Iterable, Iterator, Mapping, Sequence
from heapq import heappop, heappush
from itertools import count
from typing import Generic, TypeVar

from django.utils.translation import gettext as _

FEWEST = 10
Key = TypeVar("Key", bound=Hashable)
_MOST_WAYS = 2_000


def few(number: int) -> str:
    return str(number) if number >= FEWEST else _("fewer than %(number)s") % {"number": FEWEST}


def shown(
    cells: Mapping[Key, int],
    sums: Iterable[Sequence[Key]],
    *,
    never: Iterable[Key] = (),
    always: Container[Key] = (),
) -> dict[Key, int]:
    """Those of the cells that may be shown: whoever reads them, and knows the sums, can say of no cell of one
    to nine people that it is below ten.

    ``sums``: each a total and its parts. What remains of a total is a cell as well, one of ``never`` where no
    page shows it; so is what a share is of, and its rest. ``always``: what is known in any case. Hidden
    beside the small ones is what tells least: a part rather than its total, the smaller one rather than the
    larger. None at all where no other way is found.
    """
    table = _Table(cells, sums, always)
    small = [key for key, number in cells.items() if 0 < number < FEWEST and key not in always]
    hidden = {*never, *small}
    for key in sorted(small, key=cells.__getitem__):
        # Each is looked at once: what is hidden after it makes more possible, never less.
        possible = dict(cells)
        while possible[key] < FEWEST:
            changes = table.one_more(key, possible, hidden)
            if changes is None:
                return {}
            hidden.update(changes)
            possible |= {other: possible[other] + by for other, by in changes.items()}
    return {key: number for key, number in cells.items() if key not in hidden}


def percent(seen: Mapping[Key, int], part: Key, of: Key) -> int | None:
    """None where one of both is not shown, or it is a share of nothing."""
    return round(100 * seen[part] / seen[of]) if part in seen and seen.get(of) else None


class _Table(Generic[Key]):
    def __init__(
        self, cells: Mapping[Key, int], sums: Iterable[Sequence[Key]], always: Container[Key]
    ) -> None:
        self.cells, self.always = cells, always
        self.sums: list[dict[Key, int]] = []
        """By cell 1, or -1 for the total: together they are none."""
        self.sums_of: dict[Key, list[int]] = {key: [] for key in cells}
        for total, *parts in sums:
            if cells[total] != sum(cells[part] for part in parts):
                raise ValueError(f"{total} is not the sum of its parts")
            for key in (*parts, total):
                self.sums_of[key].append(len(self.sums))
            self.sums.append({**dict.fromkeys(parts, 1), total: -1})

    def one_more(
        self, key: Key, possible: Mapping[Key, int], hidden: Container[Key]
    ) -> dict[Key, int] | None:
        """By how much other cells are more or fewer where this one is one more and every sum still holds: a
        way that hides little. None where none was found."""
        order = count()
        ways: list[tuple[int, int, int, int, dict[Key, int]]] = [(0, 0, next(order), 0, {key: 1})]
        for _way in range(_MOST_WAYS):
            if not ways:
                break
            _least, _changed, _order, cost, changes = heappop(ways)
            repairs = [
                self._repairs(place, off, changes, possible, hidden) for place, off in self._off(changes)
            ]
            if not repairs:
                return changes
            if not all(repairs):
                continue
            # First what costs most, or else leaves fewest choices: what leads nowhere ends early.
            costs = [min(cost for cost, _other, _by in one) for one in repairs]
            at = max(range(len(repairs)), key=lambda at: (costs[at], -len(repairs[at])))
            rest = sum(costs) - costs[at]
            for more, other, by in repairs[at]:
                least = cost + more + rest
                way = (least, -len(changes), next(order), cost + more, {**changes, other: by})
                heappush(ways, way)
        return None

    def _off(self, changes: Mapping[Key, int]) -> Iterator[tuple[int, int]]:
        """The sums that do not hold, and by how much."""
        for place in dict.fromkeys(place for key in changes for place in self.sums_of[key]):
            signs = self.sums[place]
            if off := sum(signs[key] * by for key, by in changes.items() if key in signs):
                yield place, off

    def _repairs(
        self,
        place: int,
        off: int,
        changes: Container[Key],
        possible: Mapping[Key, int],
        hidden: Container[Key],
    ) -> list[tuple[int, Key, int]]:
        """What it costs to hide each cell that could make up for it, and by how much that one changes."""
        return [
            (0 if other in hidden else max(self.cells[other], 1), other, -sign * off)
            for other, sign in self.sums[place].items()
            if other not in changes and other not in self.always and possible[other] - sign * off >= 0
        ]

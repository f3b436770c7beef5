"""Which connections are closed when nearly all of a process are taken: those that only wait.

Whoever opens thousands from one address must not keep others out. Behind a proxy all come from one address,
so nothing is refused for being many: room is made where most wait, of them first those that ask for nothing.
"""

import heapq
from collections.abc import Sequence
from enum import IntEnum
from typing import Protocol, TypeVar

# Who has just come is about to ask: closed after all others that still send, the last to come last, for
# what has arrived of a request may not have been read yet. An answer on its way is closed after them.
NEW_SECONDS = 2


class Waits(IntEnum):
    """What for; the first are closed first."""

    FOR_A_HEAD = 0
    FOR_A_BODY = 1
    TO_BE_READ = 2


class Waiting(Protocol):
    network: str
    opened: float
    last_activity: float

    @property
    def waits(self) -> Waits | None:
        """None while a request is being answered: it keeps its connection."""


One = TypeVar("One", bound=Waiting)


def to_close(connections: Sequence[One], number: int, now: float) -> list[One]:
    """At most so many; one after the other of the network that has most left, who waited longest first."""
    networks: dict[str, list[tuple[bool, bool, Waits, float, int]]] = {}
    for place, one in enumerate(connections):
        if (waits := one.waits) is not None:
            is_new = now - one.opened < NEW_SECONDS
            is_read = waits is Waits.TO_BE_READ
            kind, since = (Waits.FOR_A_BODY, one.opened) if is_new else (waits, one.last_activity)
            networks.setdefault(one.network, []).append((is_read, is_new, kind, since, place))
    for held in networks.values():
        held.sort(reverse=True)
    turns = [(-len(held), network) for network, held in networks.items()]
    heapq.heapify(turns)
    chosen: list[One] = []
    while turns and len(chosen) < number:
        _most, network = turns[0]
        held = networks[network]
        chosen.append(connections[held.pop()[-1]])
        if held:
            heapq.heapreplace(turns, (-len(held), network))
        else:
            heapq.heappop(turns)
    return chosen

"""Which connections are closed when nearly all of a process are in use: those that only wait.

A client that opens thousands must not exclude others. Behind a proxy all come from one address, so there is
no limit by address: connections are closed from the network that has most of them waiting, idle ones first.
"""

import heapq
from collections.abc import Sequence
from enum import IntEnum
from typing import Protocol, TypeVar

# New connections are about to send a request: closed after all others that still send, the newest last,
# because what has arrived may not have been read yet. Connections with an unread response are closed after
# them.
NEW_SECONDS = 2


class Waits(IntEnum):
    """In the order in which they are closed."""

    FOR_A_HEAD = 0
    FOR_A_BODY = 1
    TO_BE_READ = 2


class Waiting(Protocol):
    network: str
    opened: float
    last_activity: float

    @property
    def waits(self) -> Waits | None:
        """None while a request is being answered: such a connection is not closed."""


One = TypeVar("One", bound=Waiting)


def to_close(connections: Sequence[One], number: int, now: float) -> list[One]:
    """At most ``number``; each from the network that has most left, the one that has waited longest first."""
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

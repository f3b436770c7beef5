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


class WaitingFor(IntEnum):
    """In the order in which they are closed."""

    REQUEST_HEAD = 0
    REQUEST_BODY = 1
    CLIENT_TO_READ = 2


class Connection(Protocol):
    network: str
    opened: float
    last_activity: float

    @property
    def waiting_for(self) -> WaitingFor | None:
        """None while a request is being answered: such a connection is not closed."""


ConnectionT = TypeVar("ConnectionT", bound=Connection)


def choose_to_close(connections: Sequence[ConnectionT], number: int, now: float) -> list[ConnectionT]:
    """At most ``number``; each from the network that has most left, the one that has waited longest first."""
    networks: dict[str, list[tuple[bool, bool, WaitingFor, float, int]]] = {}
    for index, one in enumerate(connections):
        if (waiting_for := one.waiting_for) is not None:
            is_new = now - one.opened < NEW_SECONDS
            is_read = waiting_for is WaitingFor.CLIENT_TO_READ
            if is_new:
                waiting_for, since = WaitingFor.REQUEST_BODY, one.opened
            else:
                since = one.last_activity
            networks.setdefault(one.network, []).append((is_read, is_new, waiting_for, since, index))
    for waiting in networks.values():
        waiting.sort(reverse=True)
    largest_first = [(-len(waiting), network) for network, waiting in networks.items()]
    heapq.heapify(largest_first)
    chosen: list[ConnectionT] = []
    while largest_first and len(chosen) < number:
        _size, network = largest_first[0]
        waiting = networks[network]
        chosen.append(connections[waiting.pop()[-1]])
        if waiting:
            heapq.heapreplace(largest_first, (-len(waiting), network))
        else:
            heapq.heappop(largest_first)
    return chosen

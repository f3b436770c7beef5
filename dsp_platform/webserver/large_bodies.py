"""Limits on large bodies: how many at once in a process and from one network, and how slow each may be.

They are read before the client is authenticated. When all places are in use and another client needs one, the
slowest body of the network that has most of them is dropped.
"""

import time
from collections import Counter
from threading import Lock
from weakref import WeakSet

AT_ONCE = 20
OF_A_NETWORK = 8
# For bodies that are not large, but too long for memory.
SMALLER_AT_ONCE = 1000
SMALLER_OF_A_NETWORK = 200
KILOBYTE = 1024
# A weak phone network carries 5 to 10 kilobytes a second, and may need some seconds to start.
GRACE_SECONDS = 20
SLOWEST = 2 * KILOBYTE
# In all. Ten megabytes at 4 kilobytes a second arrive just in time.
MOST_SECONDS = 10 * 60
SECOND_FOR = 5 * KILOBYTE
# A body at this rate, times the places of its network, keeps its place when another client needs one.
KEEPING = 4 * KILOBYTE


def longest(length: int) -> float:
    """Within how many seconds a body of so many bytes must arrive."""
    return MOST_SECONDS + length / SECOND_FOR


class LargeBody:
    def __init__(self, network: str, length: int) -> None:
        self.network, self.length = network, length
        self.begun = time.monotonic()
        self.received = 0
        self.is_complete = self.is_dropped = False

    @property
    def age(self) -> float:
        return time.monotonic() - self.begun

    @property
    def pace(self) -> float:
        """Bytes a second on average, so that a connection may pause."""
        return self.received / max(self.age, 1)

    @property
    def is_late(self) -> bool:
        if self.is_complete or self.age < GRACE_SECONDS:
            return False
        return self.pace < SLOWEST or self.age > longest(self.length)


class Places:
    """The places of a process. A body that is garbage collected frees its place."""

    def __init__(self, at_once: int = AT_ONCE, of_a_network: int = OF_A_NETWORK) -> None:
        self.at_once, self.of_a_network = at_once, of_a_network
        self._bodies: WeakSet[LargeBody] = WeakSet()
        # Requests end in the threads that answered them.
        self._lock = Lock()

    def take(self, body: LargeBody) -> bool:
        """False if there is none. Another body may be dropped for it."""
        with self._lock:
            if self._is_room_for(body):
                self._bodies.add(body)
                return True
        return False

    def give_back(self, body: LargeBody) -> None:
        with self._lock:
            self._bodies.discard(body)

    def _is_room_for(self, body: LargeBody) -> bool:
        held = Counter(one.network for one in self._bodies)
        own = held[body.network]
        if own >= self.of_a_network:
            return self._drop_slowest({body.network}, own, own)
        if held.total() >= self.at_once:
            most = max(held.values())
            return self._drop_slowest({name for name, number in held.items() if number == most}, most, own)
        return True

    def _drop_slowest(self, networks: set[str], places: int, own: int) -> bool:
        """From one of ``networks``, which have ``places`` each; the network of the new body has ``own``."""
        keeping = KEEPING * (places if places > own else 1)
        # A network that has far more places gets no grace period.
        grace = 0 if places > own + 1 else GRACE_SECONDS
        slow = [
            one
            for one in self._bodies
            if one.network in networks and not one.is_complete and one.pace < keeping and one.age >= grace
        ]
        if not slow:
            return False
        slowest = min(slow, key=lambda one: one.pace)
        slowest.is_dropped = True
        self._bodies.discard(slowest)
        return True

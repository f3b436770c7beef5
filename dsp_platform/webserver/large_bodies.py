"""Limits on large bodies: how many at once in a process and from one network, and how slow each may be.

They are read before the client is authenticated. When all slots are in use and another client needs one, the
slowest body of the network that has most of them is dropped.
"""

import time
from collections import Counter
from threading import Lock
from weakref import WeakSet

MAX_BODIES = 20
MAX_BODIES_PER_NETWORK = 8
# For bodies that are not large, but too long for memory.
MAX_SMALLER_BODIES = 1000
MAX_SMALLER_BODIES_PER_NETWORK = 200
KILOBYTE = 1024
# A weak phone network carries 5 to 10 kilobytes a second, and may need some seconds to start.
GRACE_SECONDS = 20
MIN_RATE = 2 * KILOBYTE
# The time limit of a body grows with its length: ten megabytes at 4 kilobytes a second arrive just in time.
BASE_SECONDS = 10 * 60
BYTES_PER_EXTRA_SECOND = 5 * KILOBYTE
# A body at this rate, times the slots of its network, keeps its slot when another client needs one.
KEEP_RATE = 4 * KILOBYTE


def time_limit(length: int) -> float:
    """Within how many seconds a body of so many bytes must arrive."""
    return BASE_SECONDS + length / BYTES_PER_EXTRA_SECOND


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
    def rate(self) -> float:
        """Bytes a second on average, so that a connection may pause."""
        return self.received / max(self.age, 1)

    @property
    def is_late(self) -> bool:
        if self.is_complete or self.age < GRACE_SECONDS:
            return False
        return self.rate < MIN_RATE or self.age > time_limit(self.length)


class BodySlots:
    """The slots for bodies of a process. A body that is garbage collected releases its slot."""

    def __init__(self, maximum: int = MAX_BODIES, per_network: int = MAX_BODIES_PER_NETWORK) -> None:
        self.maximum, self.per_network = maximum, per_network
        self._bodies: WeakSet[LargeBody] = WeakSet()
        # Requests end in the threads that answered them.
        self._lock = Lock()

    def acquire(self, body: LargeBody) -> bool:
        """False if no slot is free. Another body may be dropped for it."""
        with self._lock:
            in_use = Counter(one.network for one in self._bodies)
            own = in_use[body.network]
            is_free = True
            if own >= self.per_network:
                is_free = self._drop_slowest({body.network}, own, own)
            elif in_use.total() >= self.maximum:
                most = max(in_use.values())
                networks = {name for name, number in in_use.items() if number == most}
                is_free = self._drop_slowest(networks, most, own)
            if is_free:
                self._bodies.add(body)
            return is_free

    def release(self, body: LargeBody) -> None:
        with self._lock:
            self._bodies.discard(body)

    def _drop_slowest(self, networks: set[str], slots: int, own: int) -> bool:
        """From one of ``networks``, which have ``slots`` each; the network of the new body has ``own``."""
        keep_rate = KEEP_RATE * (slots if slots > own else 1)
        # A network that has far more slots gets no grace period.
        grace = 0 if slots > own + 1 else GRACE_SECONDS
        slow = [
            one
            for one in self._bodies
            if one.network in networks and not one.is_complete and one.rate < keep_rate and one.age >= grace
        ]
        if not slow:
            return False
        slowest = min(slow, key=lambda one: one.rate)
        slowest.is_dropped = True
        self._bodies.discard(slowest)
        return True

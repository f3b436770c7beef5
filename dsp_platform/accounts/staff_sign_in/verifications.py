"""How many passwords one web process verifies at a time.

Each takes a thread and a processor for half a second. Who finds no free slot is told so at once, instead of
waiting in a thread that pages need.

Strangers must not keep the offices out: one slot is left to browsers that are known for the name, one network
gets one of the others, and only counted attempts come here, so that a slot is held for an hour by a hundred
networks, not by one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from dsp_platform.accounts.staff_sign_in.throttle import Busy

# At least one thread of a web process is left for pages.
AT_A_TIME = 3
STRANGERS_AT_A_TIME = 2

_lock = Lock()
_in_progress: list[bytes | None] = []


@contextmanager
def slot(network: bytes | None) -> Iterator[None]:
    """``network``: None for a browser that is known for the name. Raises Busy."""
    with _lock:
        strangers = [one for one in _in_progress if one is not None]
        full = len(strangers) >= STRANGERS_AT_A_TIME or network in strangers
        if len(_in_progress) >= AT_A_TIME or (network is not None and full):
            raise Busy
        _in_progress.append(network)
    try:
        yield
    finally:
        with _lock:
            _in_progress.remove(network)

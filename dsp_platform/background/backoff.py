"""Exponential back-off: how long to wait before the next attempt."""

from datetime import timedelta
from random import random

_DOUBLINGS = 16
"""Enough for every longest wait; more would only overflow."""


def backoff(failures: int, *, first: timedelta, longest: timedelta, jitter: bool = False) -> timedelta:
    """``first`` after one failure, doubled with each further one, never above ``longest``.

    With ``jitter`` it is shortened at random by up to a quarter, so that what failed together is not tried
    again together.
    """
    wait = min(first * 2 ** min(max(failures - 1, 0), _DOUBLINGS), longest)
    return wait * (0.75 + random() / 4) if jitter else wait  # noqa: S311

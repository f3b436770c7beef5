"""A second process beside a job's own, for work that takes minutes of one processor.

It is started anew, not forked: a worker has threads and connections to the database. It ends with the process
that started it, also if that was killed.
"""

import gc
import multiprocessing
import os
import pickle
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing.connection import wait
from typing import Any

import django

_work: Callable[[Any], Any]


class SecondProcess:
    """Does ``work`` to parts of what there is to do. It, what it takes and what it returns can be pickled."""

    def __init__(self, work: Callable[[Any], Any]) -> None:
        self._own = work
        self._pool = ProcessPoolExecutor(
            1,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_begin,
            initargs=(pickle.dumps(work),),
        )
        self._ready = self._pool.submit(os.getpid)

    @property
    def is_ready(self) -> bool:
        """Not in its first seconds, nor after it was lost."""
        return self._ready.done() and self._ready.exception() is None

    def begin(self, part: Any) -> Callable[[], Any]:
        """Call what is returned for the result. What the process cannot do, because it is not ready or was
        lost, is done then by the caller."""
        if not self.is_ready:
            return partial(self._own, part)
        try:
            future = self._pool.submit(_do, part)
        except BrokenProcessPool:
            return partial(self._own, part)

        def result() -> Any:
            try:
                return future.result()
            except BrokenProcessPool:
                return self._own(part)

        return result

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)


def _begin(work: bytes) -> None:
    global _work
    threading.Thread(target=_end_with_parent, daemon=True).start()
    django.setup()
    _work = pickle.loads(work)  # noqa: S301  # of the process that started this one
    gc.freeze()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(0)


def _do(part: Any) -> Any:
    return _work(part)

"""Ask a worker to look now. The row in the database is the promise, this is only speed.

Arguments are codes and row numbers, never personal data.
"""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from kombu import Connection
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeout

from dsp_platform.celery import app

logger = logging.getLogger(__name__)

# Nobody waits for a broker: a page may be held this long, and then not again for a while.
BROKER_TIMEOUT = 0.5
SILENCE_AFTER_FAILURE = 5.0
# Long, because the clocks of two machines may differ by minutes, and a worker ahead of the others would throw
# every message away as too old.
MESSAGE_SECONDS = 3600
# A message of ``NUDGED_ONCE`` that was lost keeps others from being sent for so long.
ON_ITS_WAY_SECONDS = 10

_silent_until = 0.0


class Nudge:
    """A hook for ``on_commit``; one per transaction and task is enough."""

    def __init__(self, task: str, codes: Iterable[str | int]) -> None:
        self.task = task
        self.codes = frozenset(codes)
        # Django names a hook that failed by this.
        self.__qualname__ = f"nudge of {task}"

    def __call__(self) -> None:
        send(self.task, self.codes)

    def covers(self, other: "Nudge") -> bool:
        return self.task == other.task and self.codes >= other.codes


def on_commit(task: str, codes: Iterable[str | int]) -> None:
    nudge = Nudge(task, codes)
    if not nudge.codes:
        return
    # A hook of this transaction that survives whatever this one survives makes this one needless.
    alive = set(connection.savepoint_ids)
    for savepoints, hook in (waiting[:2] for waiting in connection.run_on_commit):
        if isinstance(hook, Nudge) and hook.covers(nudge) and set(savepoints) <= alive:
            return
    transaction.on_commit(nudge, robust=True)


def send(task: str, codes: Iterable[str | int]) -> None:
    """One message per code, and for a task of ``NUDGED_ONCE`` none where one is on its way already.

    A broker that is gone is logged: the sweep finds what is due.
    """
    waiting = sorted(codes, key=str)
    once = task in settings.NUDGED_ONCE

    def publish(again: bool) -> None:
        """What was sent before a failure is sent again: looking with nothing to do is harmless."""
        for code in waiting:
            if once and not _first_to_say(task, code) and not again:
                continue
            app.send_task(task, (code,), connection=_line.open(), retry=False, expires=MESSAGE_SECONDS)

    _speak(task, publish)


def looking(task: str, code: str | int) -> None:
    """Said by a task of ``NUDGED_ONCE`` before it looks for work: what is committed later is told anew."""
    _speak(task, lambda again: _line.redis().delete(_flag(task, code)))


def _first_to_say(task: str, code: str | int) -> bool:
    return bool(_line.redis().set(_flag(task, code), 1, nx=True, ex=ON_ITS_WAY_SECONDS))


def _flag(task: str, code: str | int) -> str:
    return f"nudge:{task}:{code}"


def _speak(task: str, words: Callable[[bool], object]) -> None:
    global _silent_until
    if time.monotonic() < _silent_until:
        return
    was_open = _line.broker is not None and _line.process == os.getpid()
    try:
        try:
            words(False)
        except (BrokerError, RedisError, OSError) as error:
            # A line that was open may have been cut since, by a restart of the broker: dial once more.
            if not was_open or isinstance(error, RedisTimeout | TimeoutError):
                raise
            if isinstance(error.__cause__, TimeoutError | RedisTimeout):
                raise
            _line.drop()
            words(True)
    except (BrokerError, RedisError, OSError) as error:
        _line.drop()
        _silent_until = time.monotonic() + SILENCE_AFTER_FAILURE
        logger.warning("no broker for %s: %s", task, type(error).__name__)


class _Line(threading.local):
    """This thread's own connection to the broker, kept open; one made before a fork is not used after it."""

    broker: Connection | None = None
    process = 0

    def open(self) -> Connection:
        if self.broker is None or self.process != os.getpid():
            options = {
                "socket_connect_timeout": BROKER_TIMEOUT,
                "socket_timeout": BROKER_TIMEOUT,
                "max_retries": 0,
            }
            self.broker = app.connection_for_write(
                connect_timeout=BROKER_TIMEOUT,
                transport_options=dict(app.conf.broker_transport_options) | options,
            )
            self.process = os.getpid()
        return self.broker

    def redis(self) -> Any:
        """The same connection without the queues over it."""
        channel: Any = self.open().default_channel
        return channel.client

    def drop(self) -> None:
        if self.broker is not None:
            with suppress(Exception):
                self.broker.release()
            self.broker = None


_line = _Line()


def hang_up() -> None:
    """Close this thread's connection; the next message opens a new one."""
    _line.drop()

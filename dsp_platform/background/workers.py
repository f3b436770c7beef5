"""Notify workers that there is work. That only saves time: the work is a row in the database, and periodic
tasks find it too.

Arguments are codes and row numbers, never personal data.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.db import transaction
from kombu import Connection
from kombu.exceptions import OperationalError as BrokerError
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from dsp_platform.celery import app

logger = logging.getLogger(__name__)

# A page waits this long for a broker that does not answer, and then no page does for a while.
BROKER_TIMEOUT = 0.5
PAUSE_AFTER_FAILURE = 5.0
FAULTS = "dspp:faults"
# Long, because the clocks of two machines may differ by minutes, and a worker whose clock is ahead would
# discard every message as expired.
MESSAGE_SECONDS = 3600
# A lost message of ``NOTIFIED_ONCE`` holds others back for so long.
QUEUED_SECONDS = 10

_paused_until = 0.0


class _Sent:
    """What the hooks of one transaction have sent, so that each code gets one message."""

    def __init__(self) -> None:
        self.messages: set[tuple[str, str | int]] = set()
        self.is_committed = False


class _PerThread(threading.local):
    sent: _Sent | None = None
    # Closed and opened again by redis-py where a fork or a restart of the broker cut them.
    broker: Connection | None = None
    redis: Redis | None = None


_thread = _PerThread()


def notify_on_commit(task: str, codes: Iterable[str | int]) -> None:
    """``notify`` when the transaction is committed; its calls together send one message per code."""
    wanted = frozenset(codes)
    if not wanted:
        return
    if _thread.sent is None or _thread.sent.is_committed:
        _thread.sent = _Sent()
    sent = _thread.sent

    def notify_workers() -> None:
        sent.is_committed = True
        new = {code for code in wanted if (task, code) not in sent.messages}
        sent.messages.update((task, code) for code in new)
        if new:
            notify(task, new)

    transaction.on_commit(notify_workers, robust=True)


def notify(task: str, codes: Iterable[str | int]) -> None:
    """Send one message per code; for a task of ``NOTIFIED_ONCE`` none while one is queued already.

    A broker that is gone is logged: the periodic tasks find what is due.
    """

    def send() -> None:
        for code in sorted(codes, key=str):
            once = task in settings.NOTIFIED_ONCE
            if not once or _redis().set(_queued(task, code), 1, nx=True, ex=QUEUED_SECONDS):
                app.send_task(task, (code,), connection=_broker(), retry=False, expires=MESSAGE_SECONDS)

    _unless_broker_gone(task, send)


def mark_started(task: str, code: str | int) -> None:
    """Called by a task of ``NOTIFIED_ONCE`` before it looks for work: later commits send a message again."""
    _unless_broker_gone(task, lambda: _redis().delete(_queued(task, code)))


def count_fault(part: str) -> None:
    """Of a regular task: all workers count together, so that every web worker reads the same."""
    _unless_broker_gone(part, lambda: _redis().hincrby(FAULTS, part))


def faults() -> dict[str, int]:
    """By part, since the broker was started; none while it does not answer."""
    found: dict[str, int] = {}

    def read() -> None:
        stored: Any = _redis().hgetall(FAULTS)
        found.update({part.decode(): int(number) for part, number in stored.items()})

    _unless_broker_gone(FAULTS, read)
    return found


def close() -> None:
    """Close this thread's connections to the broker; the next message opens new ones."""
    for connection in (_thread.broker, _thread.redis):
        if connection is not None:
            with suppress(Exception):
                connection.close()
    _thread.broker = _thread.redis = None


def _queued(task: str, code: str | int) -> str:
    return f"queued:{task}:{code}"


def _unless_broker_gone(task: str, act: Callable[[], object]) -> None:
    global _paused_until
    if time.monotonic() < _paused_until:
        return
    try:
        act()
    except (BrokerError, RedisError, OSError) as error:
        close()
        _paused_until = time.monotonic() + PAUSE_AFTER_FAILURE
        logger.warning("no broker for %s: %s", task, type(error).__name__)


def _broker() -> Connection:
    if _thread.broker is None:
        timeouts = {"socket_connect_timeout": BROKER_TIMEOUT, "socket_timeout": BROKER_TIMEOUT}
        _thread.broker = app.connection_for_write(
            connect_timeout=BROKER_TIMEOUT,
            transport_options={**app.conf.broker_transport_options, **timeouts, "max_retries": 0},
        )
    return _thread.broker


def _redis() -> Redis:
    if _thread.redis is None:
        _thread.redis = Redis.from_url(
            app.conf.broker_write_url,
            socket_connect_timeout=BROKER_TIMEOUT,
            socket_timeout=BROKER_TIMEOUT,
            retry=Retry(NoBackoff(), 0),
        )
    return _thread.redis

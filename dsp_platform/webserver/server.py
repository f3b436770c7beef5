"""The web server: processes by gunicorn, connections by waitress.

gunicorn binds, starts processes, restarts dead ones and stops all gracefully. But its threads read from the
network: a few visitors who send half a request and wait occupy them all. Waitress reads and writes in one
event loop: a thread gets a request when all of it has arrived, and does not wait until the response is read.

    gunicorn dsp_platform.wsgi --worker-class dsp_platform.webserver.server.Worker --workers 2 --threads 4
"""

import gc
import logging
import os
import resource
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from gunicorn.workers.base import Worker as GunicornWorker
from waitress import wasyncore
from waitress.server import BaseWSGIServer, create_server

from dsp_platform.webserver.channels import Channel
from dsp_platform.webserver.connections import choose_to_close
from dsp_platform.webserver.requests import LARGE_BODY, SPOOL_BYTES

# Without a byte in either direction.
IDLE_SECONDS = 30
MAX_CONNECTIONS = 4000
# When the first percentage of them is in use, those that only wait are closed down to the second.
HIGH_WATER_PERCENT, LOW_WATER_PERCENT = 95, 90
# In one round of the loop, which polls every connection: one at a time would be too slow for a flood.
ACCEPT_BATCH = 50
HEAD_BYTES = 32 * 1024


def web_command(bind: str, *, workers: int = 2, threads: int = 4) -> list[str]:
    """For ``make run``, the tests and the benchmarks."""
    return [
        *(sys.executable, "-m", "gunicorn", "dsp_platform.wsgi", "--bind", bind),
        *("--worker-class", f"{__name__}.Worker", "--workers", str(workers), "--threads", str(threads)),
        "--no-control-socket",
    ]


def freeze_what_is_loaded() -> None:
    """Keeps it out of garbage collection, which would go through half a million objects for up to a third of
    a second, while every thread waits. A page makes tens of thousands that live as long as it does."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


class Worker(GunicornWorker):
    """One process: the event loop in its main thread, requests in ``--threads`` others."""

    def init_process(self) -> None:
        _most, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 2 * MAX_CONNECTIONS + 256), hard))
        super().init_process()

    def run(self) -> None:
        # It logs a line for each request that waits for a thread.
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        freeze_what_is_loaded()
        connections: dict[int, Any] = {}
        server = create_server(
            self.wsgi,
            map=connections,
            sockets=[listener.sock for listener in self.sockets],
            threads=self.cfg.threads,
            # Each may buffer a body in a file.
            connection_limit=min(MAX_CONNECTIONS, (resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 256) // 2),
            channel_timeout=IDLE_SECONDS,
            cleanup_interval=5,
            asyncore_use_poll=True,
            max_request_header_size=HEAD_BYTES,
            max_request_body_size=LARGE_BODY,
            inbuf_overflow=SPOOL_BYTES,
            ident=None,
            # Django evaluates these headers, see BEHIND_PROXY.
            clear_untrusted_proxy_headers=False,
        )
        listeners = [one for one in connections.values() if isinstance(one, BaseWSGIServer)]
        for listener in listeners:
            listener.channel_class = Channel
            listener.handle_accept = partial(self.accept, listener, connections, listener.handle_accept)
        self.connection_limit = server.adj.connection_limit
        while self.alive and self.ppid == os.getppid():
            self.run_loop(connections)
        for listener in listeners:
            listener.accepting = False
        Channel.is_stopping = True
        until = time.monotonic() + self.cfg.graceful_timeout
        while time.monotonic() < until and any(
            one.is_at_work() for one in connections.values() if isinstance(one, Channel)
        ):
            self.run_loop(connections)
        server.task_dispatcher.shutdown(timeout=1)

    def run_loop(self, connections: dict[int, Any]) -> None:
        """One second of the loop, or one round while the process is stopping."""
        self.notify()
        until = time.monotonic() + 1
        while True:
            self.close_waiting_connections(connections)
            wasyncore.poll2(timeout=1, map=connections)
            if not self.alive or time.monotonic() >= until:
                return

    def accept(
        self, listener: BaseWSGIServer, connections: dict[int, Any], accept_one: Callable[[], None]
    ) -> None:
        """Several at once. The listener does not block: when none is waiting, no connection is added."""
        for _next in range(ACCEPT_BATCH):
            before = len(connections)
            if before >= self.connection_limit or not listener.accepting:
                return
            accept_one()
            if len(connections) == before:
                return

    def close_waiting_connections(self, connections: dict[int, Any]) -> None:
        if len(connections) * 100 < self.connection_limit * HIGH_WATER_PERCENT:
            return
        channels = [one for one in connections.values() if isinstance(one, Channel)]
        number = len(connections) - self.connection_limit * LOW_WATER_PERCENT // 100
        for channel in choose_to_close(channels, number, time.monotonic()):
            channel.handle_close()

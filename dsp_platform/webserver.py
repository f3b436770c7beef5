"""The web server: processes by gunicorn, connections by waitress.

gunicorn binds, starts processes, starts dead ones anew and stops all in order. Its own threads, though, read
from the network: a few visitors who send half a request and wait occupy them all. Waitress reads and writes
in one loop: a thread gets a request when all of it is there, and does not wait until the answer is taken.

    gunicorn dsp_platform.wsgi --worker-class dsp_platform.webserver.Worker --workers 2 --threads 4
"""

import copy
import logging
import os
import re
import resource
import sys
import time
from contextlib import suppress
from typing import Any
from weakref import WeakSet

from gunicorn.workers.base import Worker as GunicornWorker
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import BaseWSGIServer, create_server
from waitress.utilities import Error

# A whole head within so long; of a body so many bytes a second on average, once a minute has gone.
HEAD_SECONDS = 10
BODY_SECONDS = 60
SLOWEST_BYTES = 1000
# No byte at all in either direction.
IDLE_SECONDS = 30
CONNECTIONS = 4000
HEAD_BYTES = 32 * 1024
# As the proxy in docs/guides/uploads.md: files go to the pages of documents only, and fill no disk together.
MEGABYTE = 1024 * 1024
SMALL_BODY, LARGE_BODY = MEGABYTE, 101 * MEGABYTE
LARGE_PATH = re.compile(r"/(?:km|en)/documents/")
LARGE_AT_ONCE = 20
SPOOL_BYTES = 512 * 1024


def web_command(bind: str, *, workers: int = 2, threads: int = 4) -> list[str]:
    """How ``make run``, the tests and the benchmarks start it."""
    return [
        *(sys.executable, "-m", "gunicorn", "dsp_platform.wsgi", "--bind", bind),
        *("--worker-class", f"{__name__}.Worker", "--workers", str(workers), "--threads", str(threads)),
        "--no-control-socket",
    ]


class Busy(Error):
    code = 503
    reason = "Service Unavailable"


class Request(HTTPRequestParser):
    adj: Any
    large: "WeakSet[Request]" = WeakSet()

    def __init__(self, adj: Any) -> None:
        super().__init__(adj)
        self.begun = time.monotonic()

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        if not LARGE_PATH.match(self.path):
            self.adj = copy.copy(self.adj)
            self.adj.max_request_body_size = SMALL_BODY
        elif self.chunked or self.content_length > SMALL_BODY:
            if len(self.large) >= LARGE_AT_ONCE:
                self.error, self.completed = Busy("Too many files at once. Please try again."), True
            else:
                self.large.add(self)

    def is_late(self) -> bool:
        passed = time.monotonic() - self.begun
        if not self.headers_finished:
            return passed > HEAD_SECONDS
        return not self.completed and passed > BODY_SECONDS + self.body_bytes_received / SLOWEST_BYTES


class Channel(HTTPChannel):
    parser_class = Request

    def readable(self) -> bool:
        """Asked in every round of the loop."""
        if self.request is not None and self.request.is_late():
            self.will_close = True
        return bool(super().readable())

    def is_at_work(self) -> bool:
        return bool(self.requests or self.total_outbufs_len)


class Worker(GunicornWorker):
    """One process: the loop in its main thread, requests in ``--threads`` others."""

    def init_process(self) -> None:
        _most, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 2 * CONNECTIONS), hard))
        super().init_process()

    def run(self) -> None:
        # A line for each request that waits for a thread would fill the log of a busy hour.
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        connections: dict[int, Any] = {}
        server = create_server(
            self.wsgi,
            map=connections,
            sockets=[listener.sock for listener in self.sockets],
            threads=self.cfg.threads,
            connection_limit=min(CONNECTIONS, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 256),
            channel_timeout=IDLE_SECONDS,
            cleanup_interval=5,
            asyncore_use_poll=True,
            max_request_header_size=HEAD_BYTES,
            max_request_body_size=LARGE_BODY,
            inbuf_overflow=SPOOL_BYTES,
            ident=None,
            # Django judges these headers itself, see BEHIND_PROXY.
            clear_untrusted_proxy_headers=False,
        )
        listeners = [one for one in connections.values() if isinstance(one, BaseWSGIServer)]
        for listener in listeners:
            listener.channel_class = Channel
        while self.alive and self.ppid == os.getppid():
            self.turn(connections)
        for listener in listeners:
            listener.accepting = False
        until = time.monotonic() + self.cfg.graceful_timeout
        while time.monotonic() < until and any(
            one.is_at_work() for one in connections.values() if isinstance(one, Channel)
        ):
            self.turn(connections)
        server.task_dispatcher.shutdown(timeout=1)

    def turn(self, connections: dict[int, Any]) -> None:
        """One second of the loop."""
        self.notify()
        until = time.monotonic() + 1
        while self.alive and time.monotonic() < until:
            wasyncore.poll2(timeout=1, map=connections)

"""The web server: processes by gunicorn, connections by waitress.

gunicorn binds, starts processes, restarts crashed ones and stops all in order. Its own threads, however, read
from the network: a few clients that send half a request and wait occupy them all. Waitress reads and writes
in one event loop: a thread gets a request when it is complete, and does not wait until the answer is sent.

    gunicorn dsp_platform.wsgi --worker-class dsp_platform.webserver.server.Worker --workers 2 --threads 4
"""

import copy
import logging
import os
import re
import resource
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from django.conf import settings
from gunicorn.workers.base import Worker as GunicornWorker
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import BaseWSGIServer, create_server
from waitress.task import WSGITask
from waitress.utilities import Error, RequestEntityTooLarge

from dsp_platform.addresses import address_behind_proxy, network_of
from dsp_platform.request_time import BEGAN
from dsp_platform.webserver import large_bodies
from dsp_platform.webserver.connections import Waits, to_close
from dsp_platform.webserver.large_bodies import LargeBody, Places
from dsp_platform.webserver.refusals import Busy, SignInFirst, TooLarge, TooSlow

# A whole head within so long; of a body so many bytes a second on average, once a minute has gone.
HEAD_SECONDS = 10
BODY_SECONDS = 60
SLOWEST_BYTES = 1000
# No byte at all in either direction.
IDLE_SECONDS = 30
CONNECTIONS = 4000
# With so many percent of them taken, those that only wait make room, down to the second number.
FULL_PERCENT, ROOM_PERCENT = 95, 90
# In one round of the loop, which looks at every connection: one by one a flood would be taken in too slowly.
ACCEPTED_AT_ONCE = 50
HEAD_BYTES = 32 * 1024
# As the proxy in docs/guides/uploads.md: files go to the pages of documents only, and fill no disk together.
MEGABYTE = 1024 * 1024
SMALL_BODY, LARGE_BODY = MEGABYTE, 101 * MEGABYTE
LARGE_PATH = re.compile(r"/(?:km|en)/documents/")
# A longer body is held in a file, not in memory, and needs a place.
SPOOL_BYTES = 64 * 1024
# What is thrown away of a body that was refused: a browser may read the answer only when it has sent all.
DRAIN_SECONDS = 60
DRAIN_BYTES = 16 * MEGABYTE


def web_command(bind: str, *, workers: int = 2, threads: int = 4) -> list[str]:
    """How ``make run``, the tests and the benchmarks start it."""
    return [
        *(sys.executable, "-m", "gunicorn", "dsp_platform.wsgi", "--bind", bind),
        *("--worker-class", f"{__name__}.Worker", "--workers", str(workers), "--threads", str(threads)),
        "--no-control-socket",
    ]


large_places = large_bodies.Places()
smaller_places = large_bodies.Places(large_bodies.SMALLER_AT_ONCE, large_bodies.SMALLER_OF_A_NETWORK)


class Request(HTTPRequestParser):
    adj: Any
    error: Error | None
    completed: bool
    body: LargeBody | None = None
    is_large = False

    def __init__(self, adj: Any, peer: str = "") -> None:
        super().__init__(adj)
        self.peer, self.begun = peer, time.monotonic()

    def parse_header(self, header_plus: bytes) -> None:
        try:
            super().parse_header(header_plus)
        except ValueError as error:  # a length of thousands of digits, which Python reads as no number
            raise ParsingError("a header is no number") from error
        if not LARGE_PATH.match(self.path):
            self.adj = copy.copy(self.adj)
            self.adj.max_request_body_size = SMALL_BODY

    def received(self, data: bytes) -> int:
        in_head = not self.headers_finished
        consumed = int(super().received(data))
        if in_head and self.headers_finished and not self.error and self.body_rcv is not None:
            self._enter()
        if self.body:
            self.body.received, self.body.is_complete = self.body_bytes_received, self.completed
        if isinstance(self.error, RequestEntityTooLarge):
            self.error = TooLarge()
        if self.error:
            # Told to go on, it would be read to its end nevertheless. What comes behind it is no request.
            self.expect_continue, consumed = False, len(data)
        return consumed

    def _enter(self) -> None:
        """Elsewhere a large body is refused when it turns out to be one."""
        length = int(self.adj.max_request_body_size if self.chunked else self.content_length)
        self.is_large = length > SMALL_BODY
        if self.is_large and not self._has_session():
            self.refuse(SignInFirst(self.path))
        elif length > SPOOL_BYTES:
            address = address_behind_proxy(self.peer, self.headers.get("X_FORWARDED_FOR"))
            self.body = LargeBody(network_of(address), length)
            if not self._places.take(self.body):
                self.refuse(Busy())

    @property
    def _places(self) -> Places:
        return large_places if self.is_large else smaller_places

    def _has_session(self) -> bool:
        """Whether there is such a cookie. Whose it is, or whether of anybody, is for Django to find out."""
        for cookie in re.split("[;,]", self.headers.get("COOKIE", "")):
            name, _is, value = cookie.partition("=")
            if name.strip() == settings.SESSION_COOKIE_NAME and value.strip():
                return True
        return False

    def refuse(self, error: Error) -> None:
        self.error, self.completed = error, True
        self.leave()

    def leave(self) -> None:
        if self.body:
            self._places.give_back(self.body)

    def close(self) -> None:
        self.leave()
        super().close()

    def is_late(self) -> bool:
        passed = time.monotonic() - self.begun
        if not self.headers_finished:
            return passed > HEAD_SECONDS
        if self.is_large:
            return self.body is not None and self.body.is_late
        return not self.completed and passed > BODY_SECONDS + self.body_bytes_received / SLOWEST_BYTES


class Task(WSGITask):
    request: Request

    def get_environment(self) -> dict[str, Any]:
        told: dict[str, Any] = super().get_environment()
        told[BEGAN] = time.time() - (time.monotonic() - self.request.begun)
        if self.is_head:
            del told["wsgi.file_wrapper"]  # a file would be sent past ``write``
        return told

    @property
    def is_head(self) -> bool:
        return str(self.request.command) == "HEAD"

    def write(self, data: bytes) -> None:
        """Of a HEAD the header only: whoever reads on takes a body for the next answer."""
        super().write(b"" if self.is_head else data)

    def finish(self) -> None:
        if self.is_head:
            self.chunked_response = False  # nor the end of a body
        super().finish()


class Channel(HTTPChannel):
    task_class = Task
    is_stopping = False  # the process: what is not all there by then is not read
    request: Request | None
    will_close: bool
    is_refused = False
    drained = 0
    drain_until: float | None = None
    last_activity: float
    has_asked = False

    def __init__(self, server: Any, sock: Any, addr: Any, adj: Any, map: Any = None) -> None:
        self.parser_class = partial(Request, peer=addr[0])
        self.network, self.opened = network_of(addr[0]), time.monotonic()
        super().__init__(server, sock, addr, adj, map=map)

    @property
    def waits(self) -> Waits | None:
        """Behind a proxy the network is the proxy's: it waits for bodies and answers itself."""
        if self.requests:
            return None
        if self.total_outbufs_len:
            return Waits.TO_BE_READ
        has_head = self.request is not None and self.request.headers_finished
        return Waits.FOR_A_BODY if has_head else Waits.FOR_A_HEAD

    def readable(self) -> bool:
        """Asked in every round of the loop."""
        if self.drain_until is not None:
            self.will_close = self.will_close or time.monotonic() > self.drain_until
        elif self.request is not None and (body := self.request.body) and body.is_dropped:
            self.refuse(self.request, Busy())
        elif self.request is not None and self.request.is_late():
            if self.request.is_large:
                self.refuse(self.request, TooSlow())
            else:
                self.will_close = True
        elif self.request is None and not self.has_asked:
            self.will_close = self.will_close or time.monotonic() - self.opened > HEAD_SECONDS
        return not self.is_stopping and bool(super().readable())

    def refuse(self, request: Request, error: Error) -> None:
        """In the middle of its body."""
        with self.requests_lock:
            request.refuse(error)
            self.request = None
            self.requests.append(request)
            if len(self.requests) == 1:
                self.server.add_task(self)

    def service(self) -> None:
        self.has_asked, self.is_refused = True, bool(self.requests[0].error)
        super().service()

    def handle_write(self) -> None:
        if self.close_when_flushed and self.is_refused:
            self._flush_exception(self._flush_some)
            if not self.total_outbufs_len and not self.will_close:
                self.drain()
            if not self.will_close:
                return
        super().handle_write()

    def drain(self) -> None:
        """Closed now, a connection that still sends would be reset, and the answer lost before it is read."""
        self.close_when_flushed = False
        self.drain_until = time.monotonic() + DRAIN_SECONDS
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_WR)

    def handle_read(self) -> None:
        if self.drain_until is None:
            super().handle_read()
            return
        self.drained += len(self.recv(self.adj.recv_bytes))
        self.last_activity = time.time()
        if self.drained > DRAIN_BYTES:
            self.will_close = True

    def handle_close(self) -> None:
        if self.request is not None:
            self.request.leave()
        super().handle_close()

    def is_at_work(self) -> bool:
        return bool(self.requests or self.total_outbufs_len)


class Worker(GunicornWorker):
    """One process: the loop in its main thread, requests in ``--threads`` others."""

    def init_process(self) -> None:
        _most, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 2 * CONNECTIONS + 256), hard))
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
            # Each may have a body in a file.
            connection_limit=min(CONNECTIONS, (resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 256) // 2),
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
            listener.handle_accept = partial(self.accept, listener, connections, listener.handle_accept)
        self.most = server.adj.connection_limit
        while self.alive and self.ppid == os.getppid():
            self.turn(connections)
        for listener in listeners:
            listener.accepting = False
        Channel.is_stopping = True
        until = time.monotonic() + self.cfg.graceful_timeout
        while time.monotonic() < until and any(
            one.is_at_work() for one in connections.values() if isinstance(one, Channel)
        ):
            self.turn(connections)
        server.task_dispatcher.shutdown(timeout=1)

    def turn(self, connections: dict[int, Any]) -> None:
        """One second of the loop, or one round of it while the process stops."""
        self.notify()
        until = time.monotonic() + 1
        while True:
            self.make_room(connections)
            wasyncore.poll2(timeout=1, map=connections)
            if not self.alive or time.monotonic() >= until:
                return

    def accept(self, listener: BaseWSGIServer, connections: dict[int, Any], once: Callable[[], None]) -> None:
        """The listener does not block: with nobody waiting any more, no connection is added."""
        for _next in range(ACCEPTED_AT_ONCE):
            before = len(connections)
            if before >= self.most or not listener.accepting:
                return
            once()
            if len(connections) == before:
                return

    def make_room(self, connections: dict[int, Any]) -> None:
        if len(connections) * 100 < self.most * FULL_PERCENT:
            return
        channels = [one for one in connections.values() if isinstance(one, Channel)]
        number = len(connections) - self.most * ROOM_PERCENT // 100
        for channel in to_close(channels, number, time.monotonic()):
            channel.handle_close()

"""One connection: its requests, time limits, responses and end."""

import socket
import time
from contextlib import suppress
from functools import partial
from typing import Any

from waitress.channel import HTTPChannel
from waitress.task import WSGITask
from waitress.utilities import Error

from dsp_platform.web.addresses import network_of
from dsp_platform.web.request_time import RECEIVED_AT_KEY
from dsp_platform.webserver.connections import WaitingFor
from dsp_platform.webserver.refusals import Busy, TooSlow
from dsp_platform.webserver.requests import HEAD_SECONDS, MEGABYTE, Request

# What is read and discarded of a refused body: some browsers read the response only after sending all of it.
DRAIN_SECONDS = 60
DRAIN_BYTES = 16 * MEGABYTE


class Task(WSGITask):
    request: Request

    def get_environment(self) -> dict[str, Any]:
        environment: dict[str, Any] = super().get_environment()
        environment[RECEIVED_AT_KEY] = time.time() - (time.monotonic() - self.request.begun)
        if self.is_head:
            del environment["wsgi.file_wrapper"]  # a file would be sent past ``write``
        return environment

    @property
    def is_head(self) -> bool:
        return str(self.request.command) == "HEAD"

    def write(self, data: bytes) -> None:
        """For HEAD only the header: the client would take a body for the next response."""
        super().write(b"" if self.is_head else data)

    def finish(self) -> None:
        if self.is_head:
            self.chunked_response = False  # no last chunk either
        super().finish()


class Channel(HTTPChannel):
    task_class = Task
    is_stopping = False  # the process: incomplete requests are not read any further
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
    def waiting_for(self) -> WaitingFor | None:
        """What the connection waits for; None while a request is answered. The network may be a proxy's."""
        if self.requests:
            return None
        if self.total_outbufs_len:
            return WaitingFor.CLIENT_TO_READ
        has_head = self.request is not None and self.request.headers_finished
        return WaitingFor.REQUEST_BODY if has_head else WaitingFor.REQUEST_HEAD

    def readable(self) -> bool:
        """Called in every round of the loop, so time limits are checked here."""
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
        """While its body is being read."""
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
        """Read and discard: to close now would reset the connection, and lose the response with it."""
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
            self.request.release_slot()
        super().handle_close()

    def is_at_work(self) -> bool:
        return bool(self.requests or self.total_outbufs_len)

"""A proxy between the platform and an operator's PostgreSQL that breaks the connection at a chosen moment."""

import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

SSL_REQUEST = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"


@dataclass
class Proxy:
    """``breaks`` is called with each chunk on its way to the server, and the number of bytes before it.

    If it returns true the connection is cut, or with ``hangs`` kept open without an answer; with ``delivers``
    the chunk itself still arrives. ``tls`` is used towards the platform only.
    """

    url: str
    breaks: Callable[[bytes, int], bool] = lambda data, before: False
    hangs: bool = False
    delivers: bool = False
    tls: ssl.SSLContext | None = None
    listener: socket.socket = field(init=False)
    lines: list[socket.socket] = field(init=False, default_factory=list)
    broke: threading.Event = field(init=False, default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))

    def __enter__(self) -> "Proxy":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *problem: object) -> None:
        for line in (self.listener, *self.lines):
            _cut(line)

    def address(self, host: str = "127.0.0.1") -> str:
        """The operator's database through this proxy."""
        parts = urlsplit(self.url)
        user = parts.netloc.rpartition("@")[0]
        return urlunsplit(parts._replace(netloc=f"{user}@{host}:{self.listener.getsockname()[1]}"))

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _address = self.listener.accept()
                threading.Thread(target=self._carry, args=[near], daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        parts = urlsplit(self.url)
        with suppress(OSError):
            if self.tls:
                assert near.recv(len(SSL_REQUEST), socket.MSG_WAITALL) == SSL_REQUEST
                near.sendall(b"S")
                near = self.tls.wrap_socket(near, server_side=True)
            far = socket.create_connection((parts.hostname, parts.port))
            self.lines += [near, far]
            threading.Thread(target=self._back, args=[far, near], daemon=True).start()
            self._forth(near, far)

    def _forth(self, near: socket.socket, far: socket.socket) -> None:
        before = 0
        while data := near.recv(65536):
            breaks = self.breaks(data, before)
            if breaks and not self.hangs:
                near.shutdown(socket.SHUT_RDWR)  # first, so that no answer is delivered any more
            if not breaks or self.delivers:
                far.sendall(data)
            if breaks:
                self.broke.set()
                if not self.hangs:
                    far.shutdown(socket.SHUT_WR)
                return
            before += len(data)
        _cut(far)

    def _back(self, far: socket.socket, near: socket.socket) -> None:
        with suppress(OSError):
            while data := far.recv(65536):
                if not self.broke.is_set():
                    near.sendall(data)
            _cut(near)


def _cut(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
    line.close()

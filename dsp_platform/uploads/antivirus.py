"""Asks a ClamAV daemon about a file before it is processed (clamd's INSTREAM command)."""

import socket
import struct
from collections.abc import Iterable
from contextlib import closing
from urllib.parse import urlsplit

from django.conf import settings

SECONDS = 15
_PIECE = 64 * 1024


class ScannerDown(Exception):
    """No answer, or no verdict in it. Where a scanner is configured, nothing is accepted unscanned."""


def is_infected(content: bytes) -> bool:
    """False where no scanner is configured."""
    return is_any_infected(content[at : at + _PIECE] for at in range(0, len(content), _PIECE))


def is_any_infected(pieces: Iterable[bytes]) -> bool:
    """Of one file that comes in pieces. False where no scanner is configured, and then none is read."""
    if not settings.ANTIVIRUS_URL:
        return False
    try:
        with closing(_connected(settings.ANTIVIRUS_URL)) as connection:
            connection.sendall(b"zINSTREAM\0")
            for piece in pieces:
                connection.sendall(struct.pack("!L", len(piece)) + piece)
            connection.sendall(struct.pack("!L", 0))
            answer = b""
            while not answer.endswith(b"\0") and len(answer) < 1000 and (more := connection.recv(1000)):
                answer += more
    except (OSError, ValueError):
        raise ScannerDown from None
    answer = answer.rstrip(b"\0")
    if answer == b"stream: OK":
        return False
    if answer.startswith(b"stream: ") and answer.endswith(b" FOUND"):
        return True
    raise ScannerDown


def address(url: str) -> tuple[str, int] | str:
    """Host and port of ``clamd://127.0.0.1:3310``, or the path of ``clamd:///run/clamd.sock``.

    Raises ValueError for anything else.
    """
    parts = urlsplit(url)
    if parts.scheme != "clamd" or bool(parts.hostname) == (len(parts.path) > 1):
        raise ValueError("not clamd://host:port and not clamd:///path/of/socket")
    return (parts.hostname, parts.port or 3310) if parts.hostname else parts.path


def _connected(url: str) -> socket.socket:
    where = address(url)
    if isinstance(where, tuple):
        return socket.create_connection(where, timeout=SECONDS)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(SECONDS)
    try:
        connection.connect(where)
    except OSError:
        connection.close()
        raise
    return connection

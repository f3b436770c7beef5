"""The connection to an operator's database, configured by the environment and read when a session is opened.

Each name begins with ``OPERATOR_<CODE>_DATABASE_``; see docs/guides/operator-database.md.
"""

import os
import re
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from dsp_platform.exchange.adapters.base import OperatorUnavailable
from dsp_platform.exchange.adapters.database_errors import CutOff, connect_reason

SECONDS = {"CONNECT": 5, "STATEMENT": 60, "LOCK": 10}
# The operator's server ends a statement by itself; if it has not after so many more seconds we disconnect.
GRACE_SECONDS = 5
FILES = {"SSLROOTCERT": "sslrootcert", "SSLCERT": "sslcert", "SSLKEY": "sslkey"}
SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")


_URL = re.compile(r"OPERATOR_(?!ADMIN_)\w+_DATABASE_URL")


def urls_given() -> list[str]:
    """Names of the settings that name an operator's database."""
    return sorted(name for name, value in os.environ.items() if _URL.fullmatch(name) and value.strip())


def prefix_of(code: str) -> str:
    return f"OPERATOR_{code.upper().replace('-', '_')}_DATABASE_"


class Settings:
    """Raises ValueError, whose message has no secret."""

    def __init__(self, prefix: str, environment: Mapping[str, str] | None = None) -> None:
        self.prefix = prefix
        self.environment = os.environ if environment is None else environment
        self.url = self._text("URL")
        try:
            self.named = conninfo_to_dict(self.url)
        except psycopg.ProgrammingError:
            raise ValueError(f"{prefix}URL is no connection address of PostgreSQL.") from None
        self.connect, self.statement, self.lock = (self._seconds(name) for name in SECONDS)
        usual = "verify-full" if settings.PRODUCTION else "prefer"
        self.ssl_mode = self._text("SSLMODE") or str(self.named.get("sslmode") or usual)
        if self.ssl_mode not in SSL_MODES:
            raise ValueError(f"{prefix}SSLMODE must be one of {', '.join(SSL_MODES)}.")
        self.files = {option: path for name, option in FILES.items() if (path := self._text(name))}

    def _text(self, name: str) -> str:
        return self.environment.get(self.prefix + name, "").strip()

    def _seconds(self, name: str) -> int:
        text = self._text(f"{name}_SECONDS") or str(SECONDS[name])
        if not text.isascii() or not text.isdecimal() or not 0 < int(text) <= 3600:
            raise ValueError(f"{self.prefix}{name}_SECONDS must be a number from 1 to 3600.")
        return int(text)

    def missing_files(self) -> list[str]:
        """Files that the connection needs and that cannot be read."""
        found = {**{option: self.named.get(option) for option in FILES.values()}, **self.files}
        lacking = [
            f"{self.prefix}{name} names no file that can be read."
            for name, option in FILES.items()
            if found[option] and found[option] != "system" and not os.access(str(found[option]), os.R_OK)
        ]
        usual = Path.home() / ".postgresql" / "root.crt"
        if self.ssl_mode.startswith("verify-") and not found["sslrootcert"] and not usual.is_file():
            lacking.append(f"{self.prefix}SSLROOTCERT is not set: nothing to verify the server by.")
        return lacking


def connect(code: str) -> tuple[psycopg.Connection[Any], float]:
    """The connection, and the seconds after which a statement is given up. Raises OperatorUnavailable."""
    try:
        wanted = Settings(prefix_of(code))
    except ValueError:
        raise OperatorUnavailable("not_configured") from None
    if not wanted.url:
        raise OperatorUnavailable("not_configured")
    server = {
        "statement_timeout": f"{wanted.statement}s",
        "lock_timeout": f"{wanted.lock}s",
        "idle_in_transaction_session_timeout": f"{wanted.statement * 2}s",
        "DateStyle": "ISO",
        # Statements are short or one plain scan: compiling takes longer than it saves.
        "jit": "off",
    }
    try:
        address = make_conninfo(wanted.url, sslmode=wanted.ssl_mode, **wanted.files)
        connection = psycopg.connect(
            address,
            autocommit=True,
            # We prepare statements ourselves; the driver would prepare several as one.
            prepare_threshold=None,
            client_encoding="UTF8",
            connect_timeout=wanted.connect,
            keepalives_idle=15,
            keepalives_interval=5,
            keepalives_count=3,
            tcp_user_timeout=30_000,
            application_name="dspp",
            options=" ".join(f"-c {name}={value}" for name, value in server.items()),
        )
    except psycopg.ProgrammingError:
        raise OperatorUnavailable("not_configured") from None
    except psycopg.Error as error:
        raise OperatorUnavailable(connect_reason(error)) from None
    return connection, wanted.statement + GRACE_SECONDS


@contextmanager
def cut_after(connection: psycopg.Connection[Any], seconds: float) -> Iterator[None]:
    """Disconnect after ``seconds``: a suspended server whose kernel still answers would block for ever."""
    fired = threading.Event()
    timer = threading.Timer(seconds, _cut, [connection, fired])
    timer.daemon = True
    timer.start()
    try:
        yield
    except psycopg.Error:
        if fired.is_set():
            raise CutOff from None
        raise
    finally:
        timer.cancel()


def _cut(connection: psycopg.Connection[Any], fired: threading.Event) -> None:
    fired.set()
    # A duplicate of the descriptor, so that closing the socket object does not close the driver's.
    with suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(connection.fileno())) as duplicate:
        duplicate.shutdown(socket.SHUT_RDWR)


class Lenient(Loader):
    """Text from a database that does not check its encoding."""

    def load(self, data: Buffer) -> str:
        return bytes(data).decode(errors="replace")

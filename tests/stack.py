"""The platform's real processes on a test's database: web, worker and beat, to be killed and inspected."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection

from dsp_platform.devserver.processes import free_port
from dsp_platform.webserver.server import web_command

BASE = Path(__file__).resolve().parent.parent
OPERATOR_URL = re.compile(r"OPERATOR_(?!ADMIN)\w+_DATABASE_URL")


def database_url() -> str:
    parts = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(parts._replace(path="/" + connection.settings_dict["NAME"]))


def wait_for(condition: Callable[[], object], seconds: float = 30) -> object:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.1)
    raise AssertionError(f"did not come true within {seconds} s: {condition}")


def dials(monkeypatch: pytest.MonkeyPatch) -> list[float | None]:
    """From now on the time limit of every connection that this process opens (not those of the database)."""
    limits: list[float | None] = []
    connect = socket.socket.connect

    def noted(one: socket.socket, address: Any) -> None:
        limits.append(one.gettimeout())
        connect(one, address)

    monkeypatch.setattr(socket.socket, "connect", noted)
    return limits


def connections_to(port: int) -> list[int]:
    """The server's side of each, closed by the other side or not: how many bytes nobody has read yet.

    Of ``/proc/net/tcp``: local address, state (1: established, 8: closed by the other side), bytes.
    """
    rows = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
    return [
        int(row[4].partition(":")[2], 16)
        for row in rows
        if row[1].endswith(f":{port:04X}") and row[3] in ("01", "08")
    ]


def wait_until_read(port: int, connections: int) -> None:
    """Until the server has accepted that many connections and read all data on them."""

    def is_read() -> bool:
        unread = connections_to(port)
        return len(unread) >= connections and not any(unread)

    wait_for(is_read)


def operator_rows(code: str, query: str) -> list[tuple]:
    with psycopg.connect(os.environ[f"OPERATOR_{code.upper()}_DATABASE_URL"]) as operator:
        return operator.execute(query).fetchall()


def own_operator_databases() -> None:
    """For this pytest worker alone, so that parallel workers do not interfere."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    for name, url in list(os.environ.items()):
        if OPERATOR_URL.fullmatch(name):
            os.environ[name] = re.sub(r"/(operator_[a-z_]+?)(_test_\w+)?$", rf"/\1_test_{worker}", url)
    call_command("create_operator_databases", verbosity=0)


def empty_operator_databases(*codes: str) -> None:
    """The operators' databases outlive the test's own one, so the delivered rows are deleted."""
    only = {f"OPERATOR_{code.upper()}_DATABASE_URL" for code in codes}
    for name, url in os.environ.items():
        if OPERATOR_URL.fullmatch(name) and (not only or name in only):
            with psycopg.connect(url, autocommit=True) as operator:
                rows = operator.execute(
                    "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
                    " WHERE schemaname !~ '^pg_|^information_schema$'"
                ).fetchall()
                for (table,) in rows:
                    operator.execute(f"TRUNCATE {table} RESTART IDENTITY CASCADE")


@dataclass
class Process:
    """One process group; its output goes to ``log``. ``changes`` are added to its environment."""

    command: list[str]
    log: Path
    changes: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        environment = {**os.environ, "DATABASE_URL": database_url(), "SMS_PROVIDER": "demo", **self.changes}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=BASE, env=environment, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self) -> None:
        """With -9, children included, as when the machine fails."""
        assert self.process
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(15)
        if self.process:
            self.kill()


class Web(Process):
    """The real web server, started as `make run` starts it."""

    def __init__(self, log: Path, **changes: str) -> None:
        self.port = free_port()
        super().__init__(web_command(f"127.0.0.1:{self.port}", workers=1), log, changes)

    def start(self) -> None:
        super().start()
        wait_for(self.answers)

    def answers(self) -> bool:
        with suppress(OSError, http.client.HTTPException):
            return Browser(self).get("/healthz").status_code == 200
        return False


def celery(log: Path, *arguments: str, **changes: str) -> Process:
    return Process([sys.executable, "-m", "celery", "-A", "dsp_platform", *arguments], log, changes)


def celery_worker(log: Path, **changes: str) -> Process:
    return celery(
        log, "worker", "--pool", "solo", "--without-gossip", "--without-mingle", "-l", "WARNING", **changes
    )


@dataclass
class Answer:
    status_code: int
    url: str
    content: bytes
    seconds: float


class Browser:
    """A minimal HTTP client that submits forms to a web server over a real socket, without following
    redirects.
    """

    def __init__(self, web: Web, cookies: dict[str, str] | None = None, *, address: str = "") -> None:
        self.web, self.cookies = web, dict(cookies or {})
        self.source = (address, 0) if address else None
        self.acting: str | None = None  # the acting-for field of the pages of this session

    def get(self, path: str) -> Answer:
        return self._request("GET", path)

    def post(self, path: str, data: dict | None = None) -> Answer:
        return self._request("POST", path, urlencode({**self.hidden(), **(data or {})}, doseq=True))

    def hidden(self) -> dict[str, str]:
        """The hidden fields of every form of a page that this browser was shown."""
        if self.acting is None:
            page = self.get("/km/grievances/report/").content.decode() if "session" in self.cookies else ""
            found = re.search(r'name="acting_for" value="([^"]*)"', page)
            self.acting = found[1] if found else ""
        return {"csrfmiddlewaretoken": self.cookies.get("csrf", ""), "acting_for": self.acting}

    def twin(self) -> "Browser":
        """The same browser at the same moment: the second click of a double click."""
        other = Browser(self.web, self.cookies)
        other.acting = self.acting
        return other

    def _request(self, method: str, path: str, body: str | None = None) -> Answer:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.monotonic()
        line = http.client.HTTPConnection("127.0.0.1", self.web.port, timeout=30, source_address=self.source)
        try:
            line.request(method, path, body, headers)
            answer = line.getresponse()
            content = answer.read()
        finally:
            line.close()
        for header in answer.headers.get_all("Set-Cookie") or []:
            given = {name: morsel.value for name, morsel in SimpleCookie(header).items()}
            if given.get("session", self.cookies.get("session")) != self.cookies.get("session"):
                self.acting = None  # signed in, or out
            self.cookies.update(given)
        return Answer(answer.status, answer.headers.get("Location", ""), content, time.monotonic() - began)

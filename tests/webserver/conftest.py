"""The web server with an application that only reports what it received."""

import http.client
import os
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from dsp_platform.devserver.processes import free_port
from dsp_platform.webserver import server as webserver
from tests.stack import connections_to, wait_for

APPLICATION = """
import io, json, time
import django

django.setup()

def application(environ, start_response):
    if environ["PATH_INFO"] == "/slow/":
        time.sleep(2)
    body = environ["wsgi.input"].read()
    echo = {name: value for name, value in environ.items() if isinstance(value, str)}
    start_response("200 OK", [("Content-Type", "application/json")])
    if environ["PATH_INFO"] == "/large/":
        return [b"x" * 8_000_000]
    if environ["PATH_INFO"] == "/stream/":
        return iter((b"x", b"y"))
    if environ["PATH_INFO"] == "/file/":
        wrap = environ.get("wsgi.file_wrapper", lambda file: iter(file.read, b""))
        return wrap(io.BytesIO(b"x" * 100_000))
    return [json.dumps({**echo, "read": len(body), "began": environ.get("dspp.request_began")}).encode()]
"""
DOCUMENTS = "/km/documents/application/1/"
# Only the presence of the cookie is checked.
SIGNED_IN = "language=km; session=of-somebody"


def file_paths() -> list[str]:
    """Of the pages that take files, in each language, as a proxy needs them."""
    return [f"/{code}/{page}" for page in settings.FILE_PAGES for code, _name in settings.LANGUAGES]


class Server:
    def __init__(
        self, folder: Path, *, workers: int = 2, extra_code: str = "", files: int = 0, **environment: str
    ) -> None:
        """``files``: the limit of open files, and so of connections."""
        (folder / "echo.py").write_text(APPLICATION + extra_code)
        self.port = free_port()
        command = webserver.web_command(f"127.0.0.1:{self.port}", workers=workers)
        command[3] = "echo:application"
        paths = os.pathsep.join([str(folder), str(Path.cwd())])
        few = ["sh", "-c", f'ulimit -n {files}; exec "$@"', "few"] if files else []
        self.process = subprocess.Popen(
            [*few, *command, "--log-level", "error"],
            env={**os.environ, "PYTHONPATH": paths, **environment},
            start_new_session=True,
        )

    def ask(self, path: str = "/", body: bytes | None = None, **headers: str) -> http.client.HTTPResponse:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        line.request("GET" if body is None else "POST", path, body, names)
        return line.getresponse()

    def answers(self) -> bool:
        try:
            return self.ask().status == 200
        except OSError:
            return False

    def is_idle(self) -> bool:
        """Whether it has closed, within some seconds, all connections of the test before this one."""
        with suppress(AssertionError):
            return bool(wait_for(lambda: not connections_to(self.port), 10))
        return False

    def begin(self, *lines: str, source: str = "127.0.0.1") -> socket.socket:
        """Send the beginning of a request and keep the connection open."""
        line = socket.create_connection(("127.0.0.1", self.port), timeout=20, source_address=(source, 0))
        line.sendall("\r\n".join(lines).encode())
        return line

    @contextmanager
    def paused(self) -> Iterator[None]:
        os.killpg(self.process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            self.resume()

    def resume(self) -> None:
        os.killpg(self.process.pid, signal.SIGCONT)

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(40)
        finally:
            if self.process.poll() is None:
                os.killpg(self.process.pid, signal.SIGKILL)


class Servers:
    """Those that run, by how they were started: a start takes longer than most tests."""

    def __init__(self, folders: pytest.TempPathFactory) -> None:
        self._folders = folders
        self._running: dict[str, Server] = {}

    def get(self, **options: Any) -> Server:
        name = repr(sorted(options.items()))
        server = self._running.get(name)
        if server is None or server.process.poll() is not None or not server.is_idle():
            if server is not None:
                server.stop()
            server = self._running[name] = Server(self._folders.mktemp("server"), **options)
            wait_for(server.answers)
        return server

    def stop(self) -> None:
        for server in self._running.values():
            server.stop()


@pytest.fixture(scope="module")
def servers(tmp_path_factory) -> Iterator[Servers]:
    running = Servers(tmp_path_factory)
    yield running
    running.stop()


@pytest.fixture
def serve(servers) -> Callable[..., Server]:
    """``serve(workers=1)``: one that is started so, and that no other test has a connection to."""
    return servers.get


@pytest.fixture
def server(serve) -> Server:
    return serve()

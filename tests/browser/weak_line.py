"""A line between a browser and the server that can be cut, loses answers, or loses a share of everything."""

import http.client
import random
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.stack import wait_for

ALL = 1_000_000


class Line(ThreadingHTTPServer):
    """Each request is a connection of its own. A browser sees what it would see of a real line: connections
    that end before an answer came, whoever asked, also its service worker.
    """

    daemon_threads = True

    def __init__(self, server: tuple[str, int]) -> None:
        super().__init__(("localhost", 0), _Request)
        self.server_behind = server
        self.is_cut = False
        self.lose_answers = 0
        """Of so many of the next forms the server answers, and the answer is lost."""
        self.holds = False
        """Forms are on their way, and neither arrive nor come back."""
        self.held = 0
        self.refused: dict[str, int] = {}
        """By the key of a form, what something between answers to it."""
        self.loss = 0.0
        """Share of the requests that do not arrive, and again of the answers."""
        self.chance = random.Random(13)
        self.asked = self.lost = 0

    @property
    def url(self) -> str:
        return f"http://localhost:{self.server_address[1]}"

    @contextmanager
    def open(self) -> Iterator["Line"]:
        thread = threading.Thread(target=self.serve_forever, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.shutdown()
            self.server_close()

    @contextmanager
    def dropping(self, lost: str) -> Iterator[None]:
        """Until the page has said so: a device that tries again is not quicker than who looks at it."""
        self.is_cut, self.lose_answers = lost == "form", ALL if lost == "answer" else 0
        yield
        self.is_cut, self.lose_answers = False, 0

    def loses(self) -> bool:
        if self.is_cut or self.chance.random() < self.loss:
            self.lost += 1
            return True
        return False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that was killed is no news."""


class _Request(BaseHTTPRequestHandler):
    server: Line

    def do_GET(self) -> None:
        line = self.server
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.close_connection = True
        line.asked += 1
        if line.holds and self.command == "POST":
            line.held += 1
            return wait_for(lambda: not line.holds)
        if line.loses():
            return None
        if code := line.refused.get(self.headers.get("Idempotency-Key", "")):
            self.send_response_only(code)
            self.end_headers()
            return None
        behind = http.client.HTTPConnection(*line.server_behind, timeout=60)
        with closing(behind), suppress(OSError, http.client.HTTPException):
            behind.request(self.command, self.path, body, dict(self.headers.items()))
            answer = behind.getresponse()
            content = answer.read()
            if self.command == "POST" and line.lose_answers:
                line.lose_answers -= 1
                line.lost += 1
                return None
            if line.loses():
                return None
            self.send_response_only(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(content)
        return None

    do_POST = do_GET

    def log_message(self, *_words: Any) -> None:
        """Nothing is logged."""

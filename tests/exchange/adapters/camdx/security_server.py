"""A fake security server with an operator behind it, on loopback: strict, and able to fail in every way."""

import base64
import contextlib
import hashlib
import json
import ssl
import threading
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote
from uuid import UUID

from joserfc.jwk import ECKey

from tests.exchange.adapters.camdx import rules

CLIENT = "CAMBODIA/GOV/CAMDX-20201222/DSPP"
SERVICE = ("CAMBODIA", "GOV", "CAMDX-20201223", "FAMILY", "notify")


class Reply(NamedTuple):
    """What is returned instead of the operator's acknowledgement.

    With ``xroad``, X-Road failed before the operator.
    """

    status: int
    body: bytes = b""
    xroad: str = ""
    headers: dict[str, str] = {}


def failed(kind: str, status: int = 500) -> Reply:
    body = json.dumps({"type": kind, "message": "no good", "detail": "7d734d5"}).encode()
    return Reply(status, body, xroad=kind)


def acknowledged(status: str, code: str = "", http: int = 200) -> Reply:
    message: dict[str, Any] = {"ack_status": status, "timestamp": "2026-11-23T09:00:00+07:00"}
    message["correlation_id"] = "c-1"
    if code:
        message["error"] = {"code": code, "message": "sokha's record is no good"}
    return Reply(http, json.dumps({"message": message}).encode())


class SecurityServer(ThreadingHTTPServer):
    """``failures`` holds the outcomes of the next messages, one each; a string names a way to fail."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.scheme = "http"
        self.over = threading.Event()
        self.signing_key: ECKey
        self.reset()

    def reset(self) -> None:
        self.over.set()  # release clients that still wait
        self.over = threading.Event()
        self.failures: deque[Reply | str] = deque()
        self.dislikes: dict[str, Reply] = {}
        self.service, self.receiver = SERVICE, "/".join(SERVICE[:4])
        self.broken_rules: list[str] = []
        self.requests: list[dict[str, Any]] = []
        self.messages: dict[str, Any] = {}
        self.records: dict[str, dict[str, Any]] = {}
        self.repeated = 0

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.server_port}"

    def secure(self, certificate: Path, key: Path, authority: Path) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        context.load_verify_locations(authority)
        context.verify_mode = ssl.CERT_REQUIRED
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.scheme = "https"

    def receive(self, envelope: dict[str, Any]) -> Reply:
        """The operator: applies each message once, and of each record the newest version."""
        number = envelope["header"]["message_id"]
        events = [event["data"]["reg_records"] for event in envelope["message"]["notify_event"]]
        for record in events:
            if record["spid"] in self.dislikes:
                return self.dislikes[record["spid"]]
        if number in self.messages:
            self.repeated += 1
            if self.messages[number] != events:
                self.broken_rules.append("the same message_id with other records")
            return acknowledged("ACK")
        self.messages[number] = events
        for record in events:
            if record["version"] > self.records.get(record["spid"], {"version": 0})["version"]:
                self.records[record["spid"]] = record
        return acknowledged("ACK")

    def handle_error(self, *args: Any) -> None:
        """Some tests let the client disconnect, or have no certificate."""


class _Handler(BaseHTTPRequestHandler):
    server: SecurityServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        failure = self.server.failures.popleft() if self.server.failures else None
        if failure == "cut_before_reading":
            return self._cut()
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._check(body)
        if isinstance(failure, Reply):
            return self._answer(failure)
        if rules.service_of(self.path) != self.server.service:
            return self._answer(failed("Server.ServerProxy.UnknownService"))
        reply = self.server.receive(json.loads(body))
        return getattr(self, f"_{failure}")() if failure else self._answer(reply)

    do_GET = do_PUT = do_POST

    def _check(self, body: bytes) -> None:
        server = self.server
        server.requests.append({"path": self.path, "headers": dict(self.headers), "body": json.loads(body)})
        server.broken_rules += rules.of_the_request(self.command, self.path, self.headers, CLIENT)
        server.broken_rules += rules.of_the_message(body, server.signing_key, CLIENT, server.receiver)

    def _answer(self, reply: Reply) -> None:
        self.send_response(reply.status)
        if reply.xroad:
            headers = {"X-Road-Error": reply.xroad}
        else:
            number = self.headers["X-Road-Id"]
            headers = {
                "X-Road-Id": number,
                "X-Road-Client": CLIENT,
                "X-Road-Service": quote("/".join(self.server.service)),
                "X-Road-Request-Id": str(UUID(int=len(self.server.requests))),
                "X-Road-Request-Hash": base64.b64encode(hashlib.sha512(number.encode()).digest()).decode(),
            }
        for name, value in {**headers, **reply.headers, "Content-Length": str(len(reply.body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body)

    def _cut(self) -> None:
        self.close_connection = True
        self.connection.close()

    _cut_after_reading = _cut

    def _hang(self) -> None:
        self.close_connection = True
        self.server.over.wait(30)

    def _drip(self) -> None:
        """Slow, but each read stays within its timeout."""
        self.close_connection = True
        with contextlib.suppress(OSError):
            for sign in b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 1000:
                self.wfile.write(bytes([sign]))
                if self.server.over.wait(0.05):
                    return

    def _flood(self) -> None:
        with contextlib.suppress(OSError):
            self._answer(Reply(200, acknowledged("ACK").body + b" " * 3_000_000))

    def log_message(self, *args: Any) -> None:
        pass


@contextlib.contextmanager
def serving(server: SecurityServer) -> Any:
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()

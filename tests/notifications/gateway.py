"""A real gateway on loopback: strict about requests, and able to misbehave."""

import base64
import contextlib
import json
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

KEY = "key-of-the-gateway"


class Gateway(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.taken: list[dict[str, Any]] = []
        self.connections: set[tuple[str, int]] = set()
        self.behaviour = "accepts"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/send"

    def handle_error(self, *args: Any) -> None:
        """A client that hung up is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    server: Gateway
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._take(dict(parse_qsl(urlsplit(self.path).query)))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        kind = self.headers["Content-Type"]
        self._take(json.loads(body) if kind == "application/json" else dict(parse_qsl(body.decode())))

    def _take(self, fields: dict[str, Any]) -> None:
        self.server.connections.add(self.client_address)
        basic = base64.b64encode(f"dspp:{KEY}".encode()).decode()
        if f"Basic {basic}" != self.headers.get("Authorization") and self.headers.get("X-Key") != KEY:
            return self._answer(401, {"error": "who are you"})
        if not {"to", "text"} <= set(fields) or set(fields) - {"to", "text", "sender", "coding"}:
            return self._answer(422, {"error": "fields"})
        misbehave = getattr(self, f"_{self.server.behaviour}", None)
        if misbehave:
            return misbehave(fields)
        self.server.taken.append(fields)
        return self._answer(200, {"status": "OK", "messages": [{"id": f"m-{len(self.server.taken)}"}]})

    def _answer(self, status: int, body: Any) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _hangs(self, fields: dict[str, Any]) -> None:
        self.server.taken.append(fields)
        time.sleep(30)

    def _drips(self, fields: dict[str, Any]) -> None:
        with contextlib.suppress(OSError):
            for sign in b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 1000:
                self.wfile.write(bytes([sign]))
                time.sleep(0.1)

    def _floods(self, fields: dict[str, Any]) -> None:
        with contextlib.suppress(OSError):
            self._answer(200, b'{"status": "OK"}' + b" " * 5_000_000)

    def _babbles(self, fields: dict[str, Any]) -> None:
        self._answer(200, b"<html>maintenance</html>")

    def _is_not_http(self, fields: dict[str, Any]) -> None:
        self.wfile.write(b"SSH-2.0-OpenSSH\r\n")
        self.close_connection = True

    def _half_closes(self, fields: dict[str, Any]) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
        self.close_connection = True

    def _redirects(self, fields: dict[str, Any]) -> None:
        self.send_response(302)
        self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _refuses(self, fields: dict[str, Any]) -> None:
        self._answer(200, {"status": "BLOCKED"})

    def _has_no_credit(self, fields: dict[str, Any]) -> None:
        self._answer(200, {"status": "NO_CREDIT"})

    def _is_busy(self, fields: dict[str, Any]) -> None:
        self._answer(503, {})

    def _sits_behind_a_proxy_that_gave_up(self, fields: dict[str, Any]) -> None:
        self._answer(504, {})

    def log_message(self, *args: Any) -> None:
        pass


@contextlib.contextmanager
def running(certificate: Path | None = None) -> Iterator[Gateway]:
    server = Gateway()
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def make_certificate(path: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(secret + signed.public_bytes(serialization.Encoding.PEM))
    return path

"""A text message gateway over HTTPS, configured by ``gateway_settings``.

Neither number, text nor answer is logged or put into an error: reasons are the codes below.
"""

import json
import os
import re
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, ClassVar

import httpx

from dsp_platform.notifications.alphabet import is_unicode
from dsp_platform.notifications.providers.contract import MessageRefused, OutcomeUnknown, Receipt, Unreachable
from dsp_platform.notifications.providers.gateway_settings import GatewaySettings, gateway_settings, text_at

TIMEOUTS = httpx.Timeout(connect=4, read=8, write=4, pool=1)
TOTAL_SECONDS = 12.0  # two providers one after the other stay below the lease of a minute
LARGEST_ANSWER = 64 * 1024

# By the gateway's status. All other statuses are worth another attempt.
REFUSED_FOR_GOOD = {400: "bad_request", 413: "too_long", 422: "not_acceptable"}
LATER = {
    401: "credentials", 402: "no_credit", 403: "credentials", 404: "wrong_address",
    408: "busy", 425: "busy", 429: "busy", 500: "gateway_error", 501: "gateway_error", 503: "busy",
}  # fmt: skip
# A proxy gave up waiting for the gateway behind it, which may have accepted the message.
UNKNOWN = {502: "bad_gateway", 504: "gateway_timeout"}


class HttpGateway:
    name: ClassVar[str] = "http_gateway"
    prefix: ClassVar[str] = "SMS_GATEWAY_"

    def send(self, phone: str, text: str) -> Receipt:
        settings = gateway_settings(self.prefix)
        connection = _connection(settings)
        try:
            request = _request(connection.client, settings, phone, text)
        except (httpx.InvalidURL, ValueError, TypeError):
            raise Unreachable("settings") from None
        return judge(settings, *connection.send(request))


class SecondHttpGateway(HttpGateway):
    name: ClassVar[str] = "second_http_gateway"
    prefix: ClassVar[str] = "SMS_SECOND_GATEWAY_"


def _request(client: httpx.Client, settings: GatewaySettings, phone: str, text: str) -> httpx.Request:
    values: dict[str, Any] = dict(settings.fields)
    if is_unicode(text):
        values |= settings.unicode_fields
    if settings.phone_form == "national":
        phone = "0" + phone.removeprefix("+855")
    elif settings.phone_form != "e164":
        phone = phone.removeprefix("+")
    values |= {settings.phone_field: phone, settings.text_field: text}
    auth = httpx.BasicAuth(settings.user, settings.password) if settings.user else None
    match settings.body:
        case "json":
            request = client.build_request("POST", settings.url, json=values)
        case "form":
            request = client.build_request("POST", settings.url, data=values)
        case _:
            address = httpx.URL(settings.url)
            request = client.build_request("GET", address.copy_merge_params(values))
    return next(auth.auth_flow(request)) if auth else request


def judge(settings: GatewaySettings, status: int, body: bytes) -> Receipt:
    if status in REFUSED_FOR_GOOD:
        raise MessageRefused(REFUSED_FOR_GOOD[status])
    if status in UNKNOWN:
        raise OutcomeUnknown(UNKNOWN[status])
    if not 200 <= status < 300:
        raise Unreachable(LATER.get(status, "redirected" if 300 <= status < 400 else "gateway_error"))
    if settings.answer_pattern:
        found = re.search(settings.answer_pattern, body.decode("utf-8", "replace"))
        if not found:
            raise Unreachable("not_accepted")
        return Receipt(reference=found.groupdict().get("reference") or "")
    return _judge_json(settings, body) if settings.success_path or settings.reference_path else Receipt()


def _judge_json(settings: GatewaySettings, body: bytes) -> Receipt:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        # The status was 200, and the body is not understood: accepted or not.
        raise OutcomeUnknown("malformed_answer") from None
    if settings.success_path:
        code = text_at(answer, settings.success_path).lower()
        if code in settings.refused_values:
            raise MessageRefused("refused")
        if code not in settings.success_values:
            raise Unreachable("not_accepted")
    return Receipt(reference=text_at(answer, settings.reference_path))


class _Connection:
    """One persistent connection. ``send`` ends within TOTAL_SECONDS, however slowly an answer comes."""

    def __init__(self, settings: GatewaySettings) -> None:
        self.settings, self.process = settings, os.getpid()
        self.client = httpx.Client(
            verify=ssl.create_default_context(cafile=settings.ca_file or None),
            headers={"User-Agent": "dspp", "Accept-Encoding": "identity", **settings.headers},
            timeout=TIMEOUTS,
            follow_redirects=False,
            trust_env=False,  # no proxy and no password file of the machine
            limits=httpx.Limits(max_connections=1, keepalive_expiry=30),
        )
        self.stream: Any = None

    def send(self, request: httpx.Request) -> tuple[int, bytes]:
        request.extensions["trace"] = self._keep_stream
        try:
            with self._deadline():
                return self._send(request)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            raise Unreachable("no_connection") from None
        except httpx.TransportError:
            raise OutcomeUnknown("no_answer") from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError):
            raise OutcomeUnknown("malformed_answer") from None

    def _send(self, request: httpx.Request) -> tuple[int, bytes]:
        response = self.client.send(request, stream=True)
        try:
            body = b""
            for piece in response.iter_raw():
                body += piece
                if len(body) > LARGEST_ANSWER:
                    raise OutcomeUnknown("huge_answer")
            return response.status_code, body
        finally:
            response.close()

    def _keep_stream(self, event: str, info: Mapping[str, Any]) -> None:
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self.stream = info["return_value"]

    @contextmanager
    def _deadline(self) -> Iterator[None]:
        """httpx's time-outs are per read: an answer that comes byte by byte would block a worker for ever."""
        watch = threading.Timer(TOTAL_SECONDS, self._cut)
        watch.daemon = True
        watch.start()
        try:
            yield
        finally:
            watch.cancel()

    def _cut(self) -> None:
        with suppress(OSError, AttributeError):
            self.stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)


class _Connections(threading.local):
    """This thread's connections, by gateway. One made before a fork is not used after it."""

    def __init__(self) -> None:
        self.open: dict[str, _Connection] = {}


_connections = _Connections()


def _connection(settings: GatewaySettings) -> _Connection:
    connection = _connections.open.get(settings.prefix)
    if connection is None or connection.process != os.getpid() or connection.settings != settings:
        if connection is not None and connection.process == os.getpid():
            connection.client.close()
        try:
            connection = _connections.open[settings.prefix] = _Connection(settings)
        except (OSError, ssl.SSLError):
            raise Unreachable("certificate_file") from None
    return connection

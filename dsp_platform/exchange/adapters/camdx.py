"""CamDX: the X-Road message protocol for REST, carrying ``notify`` messages of DCI to an operator's service.

``pull`` returns nothing: an operator would send its decisions to our own DCI endpoints, which are not built.
"""

import socket
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

import httpx
from django.conf import settings as django_settings
from django.utils import timezone

from dsp_platform.exchange.adapters import camdx_errors as errors
from dsp_platform.exchange.adapters.base import Delivery, OperatorUnavailable, Outcome, Session
from dsp_platform.exchange.adapters.camdx_errors import Answer, PushRefused, unavailable
from dsp_platform.exchange.adapters.camdx_settings import (
    CamdxSettings,
    address_of,
    camdx_settings,
    mistakes,
    settings_given,
    subsystem,
)
from dsp_platform.exchange.adapters.envelope import BadKey, Event, Parties, Signer, event_of, notify
from dsp_platform.exchange.adapters.statuses import Reported
from dsp_platform.exchange.mapping.columns import NoCode
from dsp_platform.exchange.models import Agreement, Operator

CONNECT_SECONDS = 5
LARGEST_ANSWER = 64 * 1024
# After so many single records in a row over which the operator's program failed, other records from all over
# the batch are tried before the operator as a whole is taken to be down: neighbours may be of one household.
MOST_SERVER_ERRORS = 3
PROBES = 5


class Push(NamedTuple):
    """The records of one call of ``push``."""

    record_type: str
    events: Sequence[Event]


class CamdxSession:
    def __init__(self, operator: Operator) -> None:
        settings = camdx_settings()
        if mistakes(settings, production=django_settings.PRODUCTION):
            raise OperatorUnavailable("not_configured")
        try:
            self.address = address_of(operator.address)
        except ValueError:
            raise OperatorUnavailable("bad_address") from None
        try:
            self.signer = Signer(settings.signing_key)
            self.server = SecurityServer(settings)
        except (BadKey, OSError):
            raise OperatorUnavailable("bad_key_file") from None
        self.operator = operator
        self.parties = Parties(settings.sender_id, self.address.receiver_id)
        self.records = settings.records
        self.client = subsystem(settings.client)
        self.server_errors = 0

    def close(self) -> None:
        self.server.client.close()

    def pull(self, after: int, limit: int) -> list[Reported]:
        return []

    def push(self, agreement: Agreement, deliveries: Sequence[Delivery]) -> list[Outcome]:
        try:
            layout = agreement.layout
        except ValueError:
            raise OperatorUnavailable("bad_mapping") from None
        outcomes: list[Outcome] = []
        events: list[Event] = []
        today = timezone.localdate()
        for revision, item in deliveries:
            try:
                events.append(event_of(layout, revision, item, today))
            except NoCode as missing:
                outcomes.append(Outcome(item.subject_id, "invalid", f"no_code:{missing.field}"[:64]))
            except (KeyError, TypeError, ValueError):
                outcomes.append(Outcome(item.subject_id, "invalid", "cannot_encode"))
        push = Push(".".join(layout.table), events)
        for start in range(0, len(events), self.records):
            outcomes += self._deliver(push, events[start : start + self.records])
        return outcomes

    def _deliver(self, push: Push, events: Sequence[Event]) -> list[Outcome]:
        """All in one message; if it is refused, each half by itself, until the bad record is alone."""
        try:
            answer = self._send(push, events)
        except PushRefused as refused:
            if len(events) == 1:
                self._check_operator(push, refused)
                return [Outcome(events[0].subject_id, refused.status, refused.reason)]
            middle = len(events) // 2
            return self._deliver(push, events[:middle]) + self._deliver(push, events[middle:])
        # Evidence of the delivery in X-Road's log: the request's number and hash, and the service.
        names = ("X-Road-Request-Id", "X-Road-Request-Hash", "X-Road-Service")
        receipt = " ".join(answer.headers[name] for name in names if name in answer.headers)
        return [Outcome(event.subject_id, "delivered", receipt=receipt) for event in events]

    def _check_operator(self, push: Push, refused: PushRefused) -> None:
        """Raises OperatorUnavailable if the operator's program fails for every record."""
        self.server_errors += refused.status == "unknown"
        if self.server_errors < MOST_SERVER_ERRORS:
            return
        for place in range(PROBES):
            event = push.events[(2 * place + 1) * len(push.events) // (2 * PROBES)]
            with suppress(PushRefused):
                self._send(push, [event])
                return
        raise OperatorUnavailable(refused.reason, sent=True)

    def _send(self, push: Push, events: Sequence[Event]) -> Answer:
        message = notify(
            operator=self.operator.code,
            parties=self.parties,
            record_type=push.record_type,
            events=events,
            at=timezone.localtime(),
            signer=self.signer,
        )
        headers = {"X-Road-Client": self.client, "X-Road-Id": message.id}
        answer = self.server.ask(self.address.path, headers, message.body)
        errors.judge(answer, message.id)
        self.server_errors = 0
        return answer


def tls_context(settings: CamdxSettings) -> ssl.SSLContext:
    """Raises OSError, of which ssl.SSLError is one, for a file with other content."""
    # With a file given only its authority is trusted, not those of the machine.
    context = ssl.create_default_context(cafile=settings.ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(settings.certificate, settings.key)
    return context


class SecurityServer:
    """The connection to our security server, kept for the session. Raises OSError."""

    def __init__(self, settings: CamdxSettings) -> None:
        self.seconds = settings.seconds
        self.client = httpx.Client(
            base_url=settings.security_server,
            verify=tls_context(settings) if settings.is_secure else False,
            headers={
                "User-Agent": "dspp",
                "Accept": "application/json",
                "Accept-Encoding": "identity",
                "Content-Type": "application/json; charset=utf-8",
            },
            timeout=httpx.Timeout(self.seconds, connect=min(CONNECT_SECONDS, self.seconds)),
            follow_redirects=False,
            trust_env=False,  # no proxy and no .netrc of the machine
            limits=httpx.Limits(max_connections=1),
        )
        self.stream: Any = None
        self.cut = False

    def ask(self, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        request = self.client.build_request("POST", path, headers=headers, content=body)
        request.extensions["trace"] = self._notice
        try:
            with self._deadline():
                return self._ask(request)
        except httpx.TransportError as error:
            fault = errors.NO_ANSWER_IN_TIME if self.cut else errors.transport_fault(error)
            raise unavailable(fault) from None

    def _ask(self, request: httpx.Request) -> Answer:
        response = self.client.send(request, stream=True)
        try:
            body = b""
            for piece in response.iter_raw():
                body += piece
                if len(body) > LARGEST_ANSWER:
                    raise unavailable(errors.UNREADABLE)
            return Answer(response.status_code, response.headers, body)
        finally:
            response.close()

    def _notice(self, event: str, info: Mapping[str, Any]) -> None:
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self.stream = info["return_value"]

    @contextmanager
    def _deadline(self) -> Iterator[None]:
        """httpx's time-outs are per read: an answer that comes byte by byte would block a worker for ever."""
        watch = threading.Timer(2 * self.seconds, self._cut)
        watch.daemon = True
        watch.start()
        try:
            yield
        finally:
            watch.cancel()

    def _cut(self) -> None:
        self.cut = True
        with suppress(OSError, AttributeError):
            self.stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)


class CamdxAdapter:
    # Four messages of the usual size, of a minute each at worst: done before the batch's lease expires.
    most = 800

    def open(self, operator: Operator) -> Session:
        return CamdxSession(operator)

    def reaches_by(self) -> list[str]:
        return settings_given()

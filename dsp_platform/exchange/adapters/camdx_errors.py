"""What an answer over CamDX means: one record is bad, or the operator as a whole must wait.

Types of error: X-Road message protocol for REST 1.0.4, chapter 4.6, and the codes of the security server.
Only our own short codes leave this module: messages of X-Road and of the operator may quote personal data.
"""

import json
import ssl
from collections.abc import Mapping
from typing import Any, NamedTuple

import httpx

from dsp_platform.exchange.adapters.base import OperatorUnavailable


class Fault(NamedTuple):
    """Of the operator as a whole. ``sent``: whether the message may have reached it all the same."""

    reason: str
    sent: bool


class Answer(NamedTuple):
    status: int
    headers: Mapping[str, str]
    body: bytes


class PushRefused(Exception):
    """The operator does not take this message; with one record in it, it is that record's outcome."""

    def __init__(self, status: str, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


# --- X-Road failed: the header X-Road-Error is there ------------------------------------------
# By the parts of the type after Client, Server.ClientProxy or Server.ServerProxy, which are compared without
# case and underscores.

# Temporary.
XROAD_TEMPORARY = {
    "networkerror": Fault("network", sent=True),
    "ioerror": Fault("network", sent=True),
    "httperror": Fault("network", sent=True),
    "servicefailed": Fault("operator_error", sent=True),
    "servicedisabled": Fault("maintenance", sent=False),
    "outdatedglobalconf": Fault("security_server", sent=False),
    "internalerror": Fault("security_server", sent=True),
    "databaseerror": Fault("security_server", sent=True),
    "loggingfailed": Fault("security_server", sent=True),
    "timestampingfailed": Fault("security_server", sent=True),
}
# A person must act: something is not set up, on our side or on theirs.
XROAD_SETUP = {
    "accessdenied": Fault("access_denied", sent=False),
    "unknownmember": Fault("unknown_member", sent=False),
    "unknownservice": Fault("unknown_service", sent=False),
    "servicemissingurl": Fault("unknown_service", sent=False),
    "servicemalformedurl": Fault("unknown_service", sent=False),
    "sslauthenticationfailed": Fault("bad_certificate", sent=False),
    "certvalidation": Fault("bad_certificate", sent=True),
    "certvaliditytime": Fault("bad_certificate", sent=True),
    "incorrectcertificate": Fault("bad_certificate", sent=True),
    "invalidcertpath": Fault("bad_certificate", sent=True),
    "certnotfound": Fault("bad_certificate", sent=True),
    "signatureverification": Fault("bad_signature", sent=True),
    "invalidsignaturevalue": Fault("bad_signature", sent=True),
    "malformedsignature": Fault("bad_signature", sent=True),
    "cannotcreatesignature": Fault("cannot_sign", sent=True),
    "cannotsign": Fault("cannot_sign", sent=True),
    "keynotfound": Fault("cannot_sign", sent=True),
    "keynotavailable": Fault("cannot_sign", sent=True),
    "tokennotactive": Fault("cannot_sign", sent=True),
    "tokennotinitialized": Fault("cannot_sign", sent=True),
    "malformedserverconf": Fault("security_server_setup", sent=False),
    "malformedkeyconf": Fault("security_server_setup", sent=False),
    "malformedglobalconf": Fault("security_server_setup", sent=False),
}
# Client.* otherwise: X-Road will never take this message.
XROAD_REFUSED = ("refused", "refused_by_xroad")

# --- The operator answered: by the code of DCI in its acknowledgement ------------------------------
DCI_TEMPORARY = {
    "err.request.timeout": Fault("time_out", sent=True),
    "err.request.too_many_requests": Fault("busy", sent=True),
    "err.service.unavailable": Fault("maintenance", sent=True),
}
DCI_SETUP = {
    "err.request.unauthorized": Fault("not_allowed", sent=True),
    "err.request.forbidden": Fault("not_allowed", sent=True),
    "err.request.not_found": Fault("unknown_service", sent=True),
    "err.version.not_supported": Fault("version_refused", sent=True),
    "err.sender_id.invalid": Fault("unknown_sender", sent=True),
    "err.sender_uri.invalid": Fault("unknown_sender", sent=True),
    "err.receiver_id.invalid": Fault("unknown_receiver", sent=True),
    "err.signature.missing": Fault("bad_signature", sent=True),
    "err.signature.invalid": Fault("bad_signature", sent=True),
    "err.encryption.invalid": Fault("encryption_refused", sent=True),
}
# It already has the message.
DCI_KNOWN = "rjct.message_id.duplicate"

# --- The operator answered without an acknowledgement that can be read: by the status of HTTP ----------
HTTP_REFUSED = {
    400: ("refused", "refused_by_operator"),
    409: ("refused", "refused_by_operator"),
    413: ("invalid", "message_too_large"),
    422: ("refused", "refused_by_operator"),
    # Its program failed, because of this record or for any: only another record can show which.
    500: ("unknown", "operator_error"),
}
HTTP_TEMPORARY = {
    408: Fault("time_out", sent=True),
    425: Fault("busy", sent=True),
    429: Fault("busy", sent=True),
    502: Fault("operator_error", sent=True),
    503: Fault("maintenance", sent=True),
    504: Fault("time_out", sent=True),
}
HTTP_SETUP = {
    401: Fault("not_allowed", sent=True),
    403: Fault("not_allowed", sent=True),
    404: Fault("unknown_service", sent=True),
    405: Fault("unknown_service", sent=True),
    410: Fault("unknown_service", sent=True),
    415: Fault("unknown_service", sent=True),
}
REDIRECTED = Fault("redirected", sent=True)
# Not an acknowledgement, or not one of this message.
UNREADABLE = Fault("unexpected_answer", sent=True)

# --- No answer ---------------------------------------------------------------------------------
NO_CONNECTION = Fault("unreachable", sent=False)
SLOW_CONNECTION = Fault("time_out", sent=False)
NO_ANSWER_IN_TIME = Fault("time_out", sent=True)
BROKEN_OFF = Fault("unreachable", sent=True)
BAD_CERTIFICATE = Fault("bad_certificate", sent=False)
NO_TLS = Fault("no_tls", sent=False)
# OpenSSL's names, older and newer, for an answer that is not TLS.
NOT_TLS = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE")


def unavailable(fault: Fault) -> OperatorUnavailable:
    return OperatorUnavailable(fault.reason, sent=fault.sent)


def judge(answer: Answer, message_id: str) -> None:
    """Returns if the operator has the message. Raises PushRefused or OperatorUnavailable."""
    failure = answer.headers.get("X-Road-Error")
    if failure is not None:
        _judge_xroad(failure, answer.body)
    if answer.headers.get("X-Road-Id", "").lower() != message_id:
        raise unavailable(UNREADABLE)
    _judge_operator(answer)


def _judge_xroad(failure: str, body: bytes) -> None:
    parts = _parts(failure)
    if parts[0] not in ("client", "server"):
        # The header is only a flag here; the type is in the body, if that is JSON.
        parts = _parts(str(_object(body).get("type", "")))
    for part in parts[1:]:
        if part in XROAD_SETUP:
            raise unavailable(XROAD_SETUP[part])
    if parts[0] == "client":
        raise PushRefused(*XROAD_REFUSED)
    known = (XROAD_TEMPORARY[part] for part in parts[1:] if part in XROAD_TEMPORARY)
    raise unavailable(next(known, XROAD_TEMPORARY["internalerror"]))


def _parts(kind: str) -> list[str]:
    return kind.strip().lower().replace("_", "").split(".")


def _judge_operator(answer: Answer) -> None:
    acknowledged = _object(answer.body).get("message")
    message = acknowledged if isinstance(acknowledged, dict) else {}
    error = message.get("error")
    code = str(error.get("code", "")) if isinstance(error, dict) else ""
    if message.get("ack_status") == "ERR" and code:
        if code == DCI_KNOWN:
            return
        fault = DCI_SETUP.get(code) or DCI_TEMPORARY.get(code)
        if fault:
            raise unavailable(fault)
        raise PushRefused(*HTTP_REFUSED[400])
    status = answer.status
    if 200 <= status < 300:
        if message.get("ack_status") in ("ACK", "NACK"):  # NACK: taken, no further answer will come
            return
        if message.get("ack_status") == "ERR":
            raise PushRefused(*HTTP_REFUSED[400])
        raise unavailable(UNREADABLE)
    if status in HTTP_REFUSED:
        raise PushRefused(*HTTP_REFUSED[status])
    if 300 <= status < 400:
        raise unavailable(REDIRECTED)
    raise unavailable(HTTP_SETUP.get(status) or HTTP_TEMPORARY.get(status) or HTTP_TEMPORARY[502])


def _object(body: bytes) -> dict[str, Any]:
    """Empty for anything but a JSON object."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def transport_fault(error: httpx.TransportError) -> Fault:
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return BAD_CERTIFICATE
        if isinstance(cause, ssl.SSLError) and "ALERT" in (cause.reason or ""):
            return BAD_CERTIFICATE  # ours, and they said so
        if isinstance(cause, ssl.SSLError) and cause.reason in NOT_TLS:
            return NO_TLS
    if isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout):
        return SLOW_CONNECTION
    if isinstance(error, httpx.ConnectError):
        return NO_CONNECTION
    return NO_ANSWER_IN_TIME if isinstance(error, httpx.TimeoutException) else BROKEN_OFF


def _causes(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found

"""What a security server and a DCI receiver require: written from the standards, not from our code."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from email.message import Message
from typing import Any
from urllib.parse import unquote
from uuid import UUID

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

ONLY_IN_ANSWERS = ("X-Road-Service", "X-Road-Request-Id", "X-Road-Request-Hash", "X-Road-Error")
ENCODED = re.compile(r"(?:[A-Za-z0-9._~-]|%[0-9A-F]{2})+\Z")
CALLBACK_HEADER = {
    "version", "message_id", "message_ts", "action", "status", "status_reason_code", "status_reason_message",
    "total_count", "completed_count", "sender_id", "receiver_id", "is_msg_encrypted", "meta",
}  # fmt: skip
EVENT = {"reference_id", "timestamp", "data", "locale"}
DATA = {"version", "reg_type", "reg_event_type", "reg_record_type", "reg_records"}


def of_the_request(method: str, path: str, headers: Message, client: str) -> Iterator[str]:
    start, *parts = path.lstrip("/").split("/")
    if method != "POST" or start != "r1":
        yield "no call of a service"
    if len(parts) < 5 or not all(ENCODED.match(part) for part in parts):
        yield "an identifier is not percent-encoded on its own"
    if headers.get_all("X-Road-Client") != [client]:
        yield "X-Road-Client must be there once and be the client's"
    if not _is_uuid(headers.get("X-Road-Id", "")) or len(headers.get_all("X-Road-Id", [])) != 1:
        yield "X-Road-Id is no UUID"
    yield from (f"{name} comes in answers only" for name in ONLY_IN_ANSWERS if name in headers)
    if headers.get("Content-Type", "").lower() != "application/json; charset=utf-8":
        yield "not said to be JSON in UTF-8"
    if "Authorization" in headers or "Cookie" in headers or "Content-Length" not in headers:
        yield "a header too many or too few"


def service_of(path: str) -> tuple[str, ...]:
    return tuple(unquote(part) for part in path.split("/")[2:])


def of_the_message(body: bytes, key: ECKey, sender: str, receiver: str) -> Iterator[str]:
    try:
        envelope = json.loads(body)
        header, message = envelope["header"], envelope["message"]
        yield from _of_the_header(header, sender, receiver)
        yield from _of_the_events(message)
        if header["total_count"] != len(message["notify_event"]):
            yield "total_count does not count the events"
        yield from _of_the_signature(envelope, key)
        if set(envelope) != {"signature", "header", "message"}:
            yield "an envelope has three parts"
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        yield f"unreadable: {error!r}"


def _of_the_header(header: Mapping[str, Any], sender: str, receiver: str) -> Iterator[str]:
    if not header.keys() <= CALLBACK_HEADER:
        yield "a field that the header does not have"
    if not _is_uuid(header["message_id"]) or not _is_moment(header["message_ts"]):
        yield "message_id or message_ts"
    if header["action"] != "notify" or header["status"] not in ("rcvd", "pdng", "succ", "rjct"):
        yield "action or status"
    if (header["sender_id"], header["receiver_id"]) != (sender, receiver):
        yield "sender_id or receiver_id"
    if type(header["total_count"]) is not int or header["is_msg_encrypted"] is not False:
        yield "total_count or is_msg_encrypted"


def _of_the_events(message: Mapping[str, Any]) -> Iterator[str]:
    if set(message) != {"transaction_id", "notify_event"} or len(message["transaction_id"]) > 99:
        yield "a notify message has transaction_id and notify_event"
    for event in message["notify_event"]:
        if not event.keys() <= EVENT or not re.fullmatch(r"\S+", event["reference_id"]):
            yield "an event"
        if not _is_moment(event["timestamp"]) or not re.fullmatch("[a-z]{3}", event["locale"]):
            yield "timestamp or locale"
        data = event["data"]
        if not data.keys() <= DATA or not isinstance(data["reg_record_type"], str):
            yield "the data of an event"
        if not isinstance(data["reg_records"], dict):
            yield "reg_records of a Social Registry's notify is an object"
        if data.get("reg_event_type", "REGISTER") not in ("REGISTER", "NewHouseHoldMember"):
            yield "reg_event_type"
    if len({event["reference_id"] for event in message["notify_event"]}) != len(message["notify_event"]):
        yield "a reference_id comes twice"


def _of_the_signature(envelope: Mapping[str, Any], key: ECKey) -> Iterator[str]:
    signed = json.dumps(
        {"header": envelope["header"], "message": envelope["message"]},
        sort_keys=True, ensure_ascii=False, separators=(",", ":"),
    )  # fmt: skip
    if envelope["signature"].split(".")[1] != "":
        yield "the signature carries the content a second time"
    try:
        header = jws.deserialize_compact(
            envelope["signature"], key, algorithms=["ES256"], payload=signed.encode()
        ).headers()
    except JoseError as error:
        yield f"the signature does not verify: {error!r}"
    else:
        if header != {"alg": "ES256", "kid": key.thumbprint()}:
            yield "the signature names another key"


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _is_moment(text: str) -> bool:
    return datetime.fromisoformat(text).tzinfo is not None

"""The ``notify`` message of DCI 1.0.0 (Social Registry), and its signature.

A record is one event; the mapping of the agreement names its fields. The operator recognises a repeated
message by ``message_id``, and an older record by the version in it.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from dsp_platform.encryption import crypto
from dsp_platform.exchange.contract import Record, Withdrawal
from dsp_platform.exchange.mapping.layout import Layout

VERSION = "1.0.0"
LOCALE = "khm"
# Kinds of key, and their algorithms.
KEYS: tuple[tuple[type[ECKey] | type[RSAKey], str], ...] = ((ECKey, "ES256"), (RSAKey, "RS256"))


class BadKey(Exception):
    """The signing key cannot be read, or is of a kind that is not used here."""


class Event(NamedTuple):
    subject_id: int
    revision: int
    withdrawal: bool
    record: dict[str, Any]
    content: bytes
    """The record as ``canonical`` writes it."""


class Parties(NamedTuple):
    sender_id: str
    receiver_id: str


class Message(NamedTuple):
    id: str
    body: bytes


class Signer:
    """Signs with one private key: ES256 with an elliptic curve key (P-256), RS256 with an RSA key."""

    def __init__(self, file: str) -> None:
        """Raises BadKey."""
        try:
            pem = Path(file).read_bytes()
        except OSError:
            raise BadKey from None
        for kind, self.algorithm in KEYS:
            try:
                self.key = kind.import_key(pem)
                self.sign(b"")
                return
            except (JoseError, ValueError, TypeError):
                continue
        raise BadKey

    @property
    def key_id(self) -> str:
        """The thumbprint of RFC 7638, as DCI's key sets name keys."""
        return self.key.thumbprint()

    def sign(self, content: bytes) -> str:
        """A compact signature (JWS) detached from its content: RFC 7515, appendix F."""
        header = {"alg": self.algorithm, "kid": self.key_id}
        signed: str = jws.detach_content(
            jws.serialize_compact(header, content, self.key, algorithms=[self.algorithm])
        )
        return signed

    def public(self) -> dict[str, Any]:
        """For the key set by which receivers verify."""
        public = dict(self.key.as_dict(private=False))
        return {**public, "kid": self.key_id, "use": "sig", "alg": self.algorithm}


def event_of(layout: Layout, revision: int, item: Record | Withdrawal, today: date) -> Event:
    """Raises NoCode, KeyError, TypeError or ValueError.

    A withdrawal is a tombstone: only the key, the version, the flag and the date. The operator deletes
    everything else.
    """
    withdrawal = isinstance(item, Withdrawal)
    if isinstance(item, Withdrawal):
        row = layout.tombstone_row(revision, item.key, today)[: 2 + len(layout.of_record)]
    else:
        row = layout.record_row(revision, item.values)
    record = _nested(layout.column_names, row)
    return Event(item.subject_id, revision, withdrawal, record, canonical(record))


def _nested(names: Sequence[str], values: Sequence[Any]) -> dict[str, Any]:
    """``name.surname`` becomes an object in an object."""
    record: dict[str, Any] = {}
    for dotted, value in zip(names, values, strict=False):
        if isinstance(value, float):
            raise ValueError("whole numbers only: others are signed differently by every language")
        *path, last = dotted.split(".")
        inner: Any = record
        for name in path:
            inner = inner.setdefault(name, {}) if isinstance(inner, dict) else None
        if not isinstance(inner, dict) or last in inner:
            raise ValueError("two fields in one place")
        inner[last] = value
    return record


def canonical(value: Any) -> bytes:
    """JSON as RFC 8785 orders and writes it; our names are ASCII and our numbers whole. Raises ValueError."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode()


def message_id(operator: str, events: Sequence[Event]) -> str:
    """The same for the same records, so that a repeated message is recognised.

    Keyed, because it appears in headers and logs, and a plain hash of few data can be found by brute force.
    """
    contents = [event.content.decode() for event in events]
    return str(UUID(bytes=crypto.digest("camdx", operator, *contents)[:16], version=5))


def notify(
    *,
    operator: str,
    parties: Parties,
    record_type: str,
    events: Sequence[Event],
    at: datetime,
    signer: Signer,
) -> Message:
    number = message_id(operator, events)
    moment = at.isoformat(timespec="seconds")
    header = {
        "version": VERSION,
        "message_id": number,
        "message_ts": moment,
        "action": "notify",
        "status": "succ",
        "total_count": len(events),
        "sender_id": parties.sender_id,
        "receiver_id": parties.receiver_id,
        "is_msg_encrypted": False,
    }
    notified = [_event(event, record_type, moment) for event in events]
    message = {"transaction_id": number, "notify_event": notified}
    signature = signer.sign(signed_part(header, message))
    body = canonical({"signature": signature, "header": header, "message": message})
    return Message(number, body)


def signed_part(header: Mapping[str, Any], message: Mapping[str, Any]) -> bytes:
    return canonical({"header": header, "message": message})


def _event(event: Event, record_type: str, moment: str) -> dict[str, Any]:
    data: dict[str, Any] = {
        "version": VERSION,
        "reg_record_type": record_type,
        "reg_records": event.record,
    }
    if not event.withdrawal:
        # The standard has no type for a withdrawal, and the type is optional.
        data["reg_event_type"] = "REGISTER"
    return {"reference_id": str(event.revision), "timestamp": moment, "data": data, "locale": LOCALE}

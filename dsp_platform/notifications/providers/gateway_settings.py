"""The settings of an HTTP gateway, from the environment, by prefix: docs/guides/text-messages.md."""

import ipaddress
import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

BODIES = ("json", "form", "query")
PHONES = ("e164", "international", "national")
HEADER_NAME = re.compile(r"[A-Za-z0-9-]+")
LOOPBACK = ("localhost", "127.0.0.1", "::1")
# The words of SMPP 3.4, which most gateways pass on, and those other gateways say instead.
DELIVERED = "delivrd,delivered,success"
FAILED = "undeliv,undelivered,expired,deleted,rejectd,rejected,failed,undeliverable"


@dataclass(frozen=True)
class GatewaySettings:
    prefix: str
    url: str = ""
    body: str = "json"
    user: str = ""
    password: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)
    unicode_fields: Mapping[str, Any] = field(default_factory=dict)
    phone_field: str = "to"
    text_field: str = "text"
    phone_form: str = "e164"
    success_path: str = ""
    success_values: frozenset[str] = frozenset()
    refused_values: frozenset[str] = frozenset()
    reference_path: str = ""
    answer_pattern: str = ""
    ca_file: str = ""
    receipt_secret: str = ""
    receipt_header: str = "X-Receipt-Secret"
    receipt_secret_field: str = ""
    receipt_addresses: tuple[str, ...] = ()
    receipt_reference_path: str = "reference"
    receipt_status_path: str = "status"
    receipt_delivered: frozenset[str] = frozenset()
    receipt_failed: frozenset[str] = frozenset()
    problems: tuple[str, ...] = ()


def gateway_settings(prefix: str) -> GatewaySettings:
    """Names of values that cannot be read are in ``problems``; the values, which may be secret, are not."""
    found = _Environment(prefix)
    settings = {
        "url": found.text("URL"),
        "body": found.text("BODY", "json").lower(),
        "user": found.text("USER"),
        "password": found.text("PASSWORD"),
        "headers": found.table("HEADERS"),
        "fields": found.table("FIELDS"),
        "unicode_fields": found.table("UNICODE_FIELDS"),
        "phone_field": found.text("PHONE_FIELD", "to"),
        "text_field": found.text("TEXT_FIELD", "text"),
        "phone_form": found.text("PHONE_FORM", "e164").lower(),
        "success_path": found.text("SUCCESS_PATH"),
        "success_values": found.words("SUCCESS_VALUES"),
        "refused_values": found.words("REFUSED_VALUES"),
        "reference_path": found.text("REFERENCE_PATH"),
        "answer_pattern": found.text("ANSWER_PATTERN"),
        "ca_file": found.text("CA_FILE"),
        "receipt_secret": found.text("RECEIPT_SECRET"),
        "receipt_header": found.text("RECEIPT_HEADER", "X-Receipt-Secret"),
        "receipt_secret_field": found.text("RECEIPT_SECRET_FIELD"),
        "receipt_addresses": tuple(filter(None, found.text("RECEIPT_ADDRESSES").replace(" ", "").split(","))),
        "receipt_reference_path": found.text("RECEIPT_REFERENCE_PATH", "reference"),
        "receipt_status_path": found.text("RECEIPT_STATUS_PATH", "status"),
        "receipt_delivered": found.words("RECEIPT_DELIVERED_VALUES", DELIVERED),
        "receipt_failed": found.words("RECEIPT_FAILED_VALUES", FAILED),
    }
    return GatewaySettings(prefix=prefix, problems=tuple(found.problems), **settings)  # type: ignore[arg-type]


class _Environment:
    def __init__(self, prefix: str) -> None:
        self.prefix, self.problems = prefix, list[str]()

    def text(self, name: str, default: str = "") -> str:
        return os.environ.get(self.prefix + name, "").strip() or default

    def words(self, name: str, default: str = "") -> frozenset[str]:
        """Compared without case; comma between them."""
        return frozenset(word.strip().lower() for word in self.text(name, default).split(",") if word.strip())

    def table(self, name: str) -> dict[str, Any]:
        try:
            found = json.loads(self.text(name, "{}"))
        except ValueError:
            found = None
        if isinstance(found, dict) and all(isinstance(value, str | int | bool) for value in found.values()):
            return found
        self.problems.append(f"{self.prefix}{name} must be a JSON object of texts and numbers.")
        return {}


def mistakes(settings: GatewaySettings, *, production: bool) -> list[str]:
    """What is missing or wrong, for whoever runs the platform. No value is repeated."""
    tests: list[tuple[str, str, Callable[[], bool]]] = [
        ("URL", "must be an https address", lambda: _is_url(settings.url, production)),
        ("BODY", f"must be one of: {', '.join(BODIES)}", lambda: settings.body in BODIES),
        ("PHONE_FORM", f"must be one of: {', '.join(PHONES)}", lambda: settings.phone_form in PHONES),
        ("TEXT_FIELD", "must differ from PHONE_FIELD", lambda: settings.text_field != settings.phone_field),
        ("USER", "and PASSWORD belong together", lambda: bool(settings.user) == bool(settings.password)),
        (
            "SUCCESS_VALUES",
            "are needed with SUCCESS_PATH",
            lambda: bool(settings.success_path) == bool(settings.success_values),
        ),
        ("ANSWER_PATTERN", "must be a regular expression", lambda: _compiles(settings.answer_pattern)),
        ("CA_FILE", "must name a file", lambda: not settings.ca_file or Path(settings.ca_file).is_file()),
        ("RECEIPT_SECRET", "must have 24 characters", lambda: not 0 < len(settings.receipt_secret) < 24),
        ("RECEIPT_ADDRESSES", "must be addresses or networks", lambda: _are_nets(settings.receipt_addresses)),
        (
            "HEADERS",
            "must hold texts without line breaks",
            lambda: all(
                HEADER_NAME.fullmatch(name) and str(value).isprintable()
                for name, value in settings.headers.items()
            ),
        ),
    ]
    wrong = [f"{settings.prefix}{name} {words}." for name, words, passes in tests if not passes()]
    return [*settings.problems, *wrong]


def _is_url(url: str, production: bool) -> bool:
    try:
        parts = urlsplit(url)
        if parts.port == 0 or parts.username or parts.fragment:
            return False
    except ValueError:
        return False
    plain = parts.scheme == "http" and parts.hostname in LOOPBACK and not production
    return bool(parts.hostname) and (parts.scheme == "https" or plain)


def _compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True


def _are_nets(texts: tuple[str, ...]) -> bool:
    try:
        return bool([ipaddress.ip_network(text, strict=False) for text in texts]) or not texts
    except ValueError:
        return False


def text_at(answer: Any, path: str) -> str:
    """``messages.0.id`` → that text or number; empty where there is none."""
    for step in path.split(".") if path else ():
        if isinstance(answer, Mapping):
            answer = answer.get(step)
        elif isinstance(answer, list) and step.isdecimal() and int(step[:4]) < len(answer):
            answer = answer[int(step[:4])]
        else:
            return ""
    if isinstance(answer, bool):
        return "true" if answer else "false"
    return str(answer)[:128] if path and isinstance(answer, str | int) else ""

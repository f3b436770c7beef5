"""Our own CamDX settings, from the environment, and an operator's address. See docs/guides/camdx.md."""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

PREFIX = "CAMDX_"
LOOPBACK = ("localhost", "127.0.0.1", "::1")
# What X-Road forbids in an identifier since version 1.0.3 of its protocol, and empty ones.
FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f:;/\\%\ufeff\u200b]|^\.{0,2}$")


@dataclass(frozen=True)
class CamdxSettings:
    security_server: str = ""
    client: str = ""
    certificate: str = ""
    key: str = ""
    ca_file: str = ""
    signing_key: str = ""
    sender_id: str = ""
    records: int = 200
    """In one message."""
    seconds: float = 30
    """For each step of a message: connecting, sending, waiting for an answer. All of them: twice that."""
    problems: tuple[str, ...] = ()

    @property
    def is_secure(self) -> bool:
        return self.security_server.startswith("https:")


class Address(NamedTuple):
    """``path`` is encoded; ``receiver_id`` is what DCI calls the operator."""

    path: str
    receiver_id: str


def camdx_settings() -> CamdxSettings:
    """Read at each call; a number that cannot be read is named in ``problems``, without its value."""
    problems: list[str] = []

    def text(name: str) -> str:
        return os.environ.get(PREFIX + name, "").strip()

    def number(name: str, default: float) -> float:
        value = text(name) or str(default)
        if re.fullmatch(r"[0-9]{1,6}(\.[0-9]+)?", value) and float(value) > 0:
            return float(value)
        problems.append(f"{PREFIX}{name} must be a number above 0.")
        return default

    return CamdxSettings(
        security_server=text("SECURITY_SERVER").rstrip("/"),
        client=text("CLIENT"),
        certificate=text("CERTIFICATE"),
        key=text("KEY"),
        ca_file=text("CA_FILE"),
        signing_key=text("SIGNING_KEY"),
        sender_id=text("SENDER_ID") or text("CLIENT"),
        records=max(1, int(number("RECORDS", CamdxSettings.records))),
        seconds=number("SECONDS", CamdxSettings.seconds),
        problems=tuple(problems),
    )


def settings_given() -> list[str]:
    return sorted(name for name, value in os.environ.items() if name.startswith(PREFIX) and value.strip())


def mistakes(settings: CamdxSettings, *, production: bool) -> list[str]:
    """What is missing or invalid, for those who run the platform. Values are not repeated."""
    secure, server = settings.is_secure, settings.security_server
    tests: list[tuple[str, str, Callable[[], bool]]] = [
        ("SECURITY_SERVER", "must be an https address", lambda: _is_url(server, production)),
        ("CLIENT", "must be instance/class/member/subsystem", lambda: _is_client(settings.client)),
        ("CERTIFICATE", "must name a file", lambda: not secure or Path(settings.certificate).is_file()),
        ("KEY", "must name a file", lambda: not secure or Path(settings.key).is_file()),
        ("CA_FILE", "must name a file", lambda: not secure or Path(settings.ca_file).is_file()),
        ("SIGNING_KEY", "must name a file", lambda: Path(settings.signing_key).is_file()),
    ]
    wrong = [f"{PREFIX}{name} {words}." for name, words, passes in tests if not passes()]
    return [*settings.problems, *wrong]


def _is_url(url: str, production: bool) -> bool:
    try:
        parts = urlsplit(url)
        if parts.port == 0 or parts.username or parts.query or parts.fragment:
            return False
    except ValueError:
        return False
    plain = parts.scheme == "http" and parts.hostname in LOOPBACK and not production
    return bool(parts.hostname) and (parts.scheme == "https" or plain)


def _is_client(client: str) -> bool:
    try:
        subsystem(client)
    except ValueError:
        return False
    return True


def subsystem(text: Any) -> str:
    """``CAMBODIA/GOV/CODE/SUBSYSTEM``, each of the four encoded on its own. Raises ValueError."""
    parts = text.split("/") if isinstance(text, str) else []
    if len(parts) != 4:
        raise ValueError("a subsystem has four parts")
    return "/".join(map(_encoded, parts))


def _encoded(part: Any) -> str:
    if not isinstance(part, str) or FORBIDDEN.search(part):
        raise ValueError("not an identifier of X-Road")
    return quote(part, safe="")


def address_of(address: Any) -> Address:
    """``{"member": …, "service": …}``, and if wanted ``path`` and ``receiver_id``. Raises ValueError."""
    if not isinstance(address, dict):
        raise ValueError("no address")
    parts = ["/r1", subsystem(address.get("member")), _encoded(address.get("service"))]
    parts += [_encoded(part) for part in str(address.get("path", "")).strip("/").split("/") if part]
    return Address("/".join(parts), str(address.get("receiver_id") or address["member"]))

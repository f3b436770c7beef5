"""A form that a device sends under a key, so that it is applied once; it may come sealed."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, QueryDict
from django.utils import timezone

from dsp_platform.accounts.models import User
from dsp_platform.encryption import crypto, sealed

HEADER = "Idempotency-Key"
SEALED, KEY, AGE = "sealed", "item", "age"
"""The fields of a form that is sent sealed: the ciphertext, the key that it is bound to, and how many
milliseconds ago it was written."""
FORM = "application/x-www-form-urlencoded"
APPLIED, NEEDS_YOU = "applied", "needs_you"


@dataclass(slots=True)
class Sent:
    key: UUID
    is_sealed: bool = False
    account: str = ""
    written_at: datetime | None = None
    outcome: str = ""
    """APPLIED or NEEDS_YOU: the device may forget the item. Empty: it keeps it."""


def device_account(user: User) -> str:
    """How a device names whose item it is, without saying who that is."""
    return crypto.digest("account on a device", str(user.pk)).hex()[:32]


def sent_of(request: HttpRequest) -> Sent | None:
    """None for a form without a key. ``request.POST`` becomes what was sealed. Raises CannotOpen."""
    if request.method != "POST":
        return None
    if request.content_type == FORM and SEALED in request.POST:
        return _open(request)
    key = key_of(request.headers.get(HEADER, ""))
    return Sent(key) if key else None


def sent(request: HttpRequest) -> Sent | None:
    return getattr(request, "offline", None)


def key_of(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _open(request: HttpRequest) -> Sent:
    outer = request.POST
    key = key_of(outer.get(KEY, ""))
    if key is None:
        raise sealed.CannotOpen
    try:
        told = json.loads(sealed.unseal(outer[SEALED], bound_to=str(key)))
        path, account, typed = (_text(told[name]) for name in ("path", "account", "fields"))
        written = datetime.fromtimestamp(told["written"] / 1000, tz=UTC)
        fields = QueryDict(typed, mutable=True)
    except (
        ValueError,
        TypeError,
        KeyError,
        OverflowError,
        OSError,
        RecursionError,
        SuspiciousOperation,
    ) as error:
        # Anybody can seal something: the key for it is public.
        raise sealed.CannotOpen from error
    # No form has a NUL, and no column takes one.
    has_nul = any("\0" in word for _name, words in fields.lists() for word in words)
    if has_nul or path.partition("?")[0] != request.path:
        raise sealed.CannotOpen
    # The token of the page is too old by now; the one that was fetched for sending counts.
    fields["csrfmiddlewaretoken"] = outer.get("csrfmiddlewaretoken", "")
    request.POST = fields  # type: ignore[assignment]
    return Sent(key, True, account, _written_at(outer.get(AGE, ""), written))


def _written_at(age: str, told: datetime) -> datetime:
    """Clocks of laptops go wrong: how long ago it was tells more than what the clock showed."""
    now = timezone.now()
    if age.isascii() and age.isdecimal() and len(age) < 12:
        return now - timedelta(milliseconds=int(age))
    return min(told, now)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value

"""Signed cookies; in production limited to this host."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage
from django.core import signing
from django.http import HttpRequest, HttpResponse


def host_name(name: str) -> str:
    """Browsers accept ``__Host-`` cookies only over https, for the path / and from this host."""
    return f"__Host-{name}" if settings.PRODUCTION else name


def write(response: HttpResponse, name: str, value: Any, *, life: timedelta) -> None:
    """Read by ``read``. The signature is valid for this name only."""
    response.set_cookie(
        host_name(name),
        signing.dumps(value, salt=_salt(name)),
        max_age=int(life.total_seconds()),
        secure=settings.PRODUCTION,
        httponly=True,
        samesite="Strict",
    )


def read(request: HttpRequest, name: str, *, life: timedelta) -> Any:
    """None if the cookie is missing, forged or too old."""
    try:
        return signing.loads(request.COOKIES.get(host_name(name), ""), salt=_salt(name), max_age=life)
    except signing.BadSignature:
        return None


def _salt(name: str) -> str:
    return f"cookie.{name}"


class HostCookieStorage(CookieStorage):
    @property
    def cookie_name(self) -> str:  # type: ignore[override]
        return host_name("messages")


class MessageStorage(FallbackStorage):
    """Django's, with the prefix in the cookie's name."""

    storage_classes = (HostCookieStorage, SessionStorage)

    def has(self, level: int) -> bool:
        """Whether this request has said something of this level."""
        return any(one.level == level for one in self._queued_messages)  # type: ignore[attr-defined]

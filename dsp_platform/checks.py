"""System checks of the configuration. Ids are stable: ``dspp.E…`` stops start-up."""

import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

from dsp_platform.database import roles as database_roles

# A random secret of 32 characters has more, also a hexadecimal one.
DIFFERENT_CHARACTERS = 10


@register()
def environment_is_readable(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    return [
        Error(f"{name}: {'; '.join(map(str, problems))}", id="dspp.E001")
        for name, problems in settings.CONFIGURATION_ERRORS.items()
    ]


def _secret(name: str) -> str:
    try:
        return getattr(settings, name) or ""
    except ImproperlyConfigured:  # Django's own answer to an empty SECRET_KEY
        return ""


@register()
def secrets_are_set(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for name in ("SECRET_KEY", "DIGEST_KEY"):
        if len(_secret(name)) < 32:
            found.append(Error(f"{name} must be set to at least 32 characters.", id="dspp.E002"))
    if not settings.ENCRYPTION_KEYS:
        found.append(Error("ENCRYPTION_KEYS must hold at least one Fernet key.", id="dspp.E003"))
    for number, key in enumerate(settings.ENCRYPTION_KEYS, start=1):
        try:
            Fernet(key)
        except ValueError:
            found.append(Error(f"ENCRYPTION_KEYS: key {number} is not a Fernet key.", id="dspp.E003"))
    return found


@register()
def secrets_are_random(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """Guessing one of them must not give the others."""
    if not settings.PRODUCTION:
        return []
    secrets = {name: _secret(name) for name in ("SECRET_KEY", "DIGEST_KEY", "AUDIT_SIGNING_KEY")}
    secrets |= {f"ENCRYPTION_KEYS: key {n}": key for n, key in enumerate(settings.ENCRYPTION_KEYS, start=1)}
    given = {name: secret for name, secret in secrets.items() if secret}
    found: list[CheckMessage] = [
        Error(f"{name} must be drawn at random.", hint="openssl rand -base64 48", id="dspp.E014")
        for name, secret in given.items()
        if len(set(secret)) < DIFFERENT_CHARACTERS
    ]
    if len(set(given.values())) < len(given):
        found.append(Error(f"Each must be a secret of its own: {', '.join(given)}.", id="dspp.E014"))
    return found


@register()
def database_is_named(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    if settings.DATABASE_URL:
        return []
    return [Error("DATABASE_URL is not set.", id="dspp.E004")]


@register(deploy=True)
def contact_is_set(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    if settings.CONTACT_PHONE:
        return []
    return [Warning("CONTACT_PHONE is not set: pages cannot tell people whom to call.", id="dspp.W001")]


@register()
def contacts_can_be_used(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if settings.CONTACT_PHONE and not re.fullmatch(r"\+?[\d ]{3,20}", settings.CONTACT_PHONE, re.ASCII):
        found.append(Error("CONTACT_PHONE must be a phone number, as one dials it.", id="dspp.E005"))
    telegram = settings.CONTACT_TELEGRAM
    if telegram and not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{3,31}", telegram):
        found.append(Error("CONTACT_TELEGRAM must be a user name, like @dspp_help.", id="dspp.E006"))
    return found


@register()
def watching_is_safe(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if settings.METRICS_TOKEN and len(settings.METRICS_TOKEN) < 20:
        found.append(Error("METRICS_TOKEN must be at least 20 characters.", id="dspp.E007"))
    if settings.ALERT_WEBHOOK_URL and not re.match(r"https?://[^/\s]+", settings.ALERT_WEBHOOK_URL):
        found.append(Error("ALERT_WEBHOOK_URL must be an address of http or https.", id="dspp.E008"))
    return found


@register(deploy=True)
def runtime_role_owns_nothing(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """The owner of the tables could empty the audit. Other checks report an unreachable database."""
    with suppress(DatabaseError):
        if settings.DATABASE_URL and database_roles.signed_in_with_too_many_rights():
            words = "DATABASE_URL signs in as a superuser or as the owner of the tables."
            return [Error(words, hint="See docs/guides/production.md, two roles.", id="dspp.E009")]
    return []

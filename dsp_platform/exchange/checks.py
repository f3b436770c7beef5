from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from dsp_platform.exchange.adapters.camdx import tls_context
from dsp_platform.exchange.adapters.camdx_settings import (
    CamdxSettings,
    camdx_settings,
    is_asked_for,
    mistakes,
)
from dsp_platform.exchange.adapters.envelope import BadKey, Signer


@register()
def camdx_is_described(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """Whoever sets nothing of CamDX does not use it; whoever sets something needs all of it."""
    if not is_asked_for():
        return []
    camdx = camdx_settings()
    found = mistakes(camdx, production=settings.PRODUCTION)
    if not found:
        found = _unreadable(camdx)
    return [Error(mistake, id="dspp.E040") for mistake in found]


def _unreadable(camdx: CamdxSettings) -> list[str]:
    found = []
    try:
        if camdx.is_secure:
            tls_context(camdx)
    except OSError:
        found.append("CAMDX_CERTIFICATE, CAMDX_KEY and CAMDX_CA_FILE must be PEM files that belong together.")
    try:
        Signer(camdx.signing_key)
    except BadKey:
        found.append("CAMDX_SIGNING_KEY must be a private key in PEM: elliptic curve P-256, or RSA.")
    return found

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from dsp_platform.exchange.adapters.camdx import tls_context
from dsp_platform.exchange.adapters.camdx_settings import camdx_settings, mistakes, settings_given
from dsp_platform.exchange.adapters.database_connection import Settings, urls_given
from dsp_platform.exchange.adapters.envelope import BadKey, Signer


@register()
def camdx_is_described(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """Without any setting CamDX is not used; with one of them all are needed."""
    if not settings_given():
        return []
    camdx = camdx_settings()
    found = mistakes(camdx, production=settings.PRODUCTION)
    if not found:
        try:
            if camdx.is_secure:
                tls_context(camdx)
        except OSError:
            found.append(
                "CAMDX_CERTIFICATE, CAMDX_KEY and CAMDX_CA_FILE must be PEM files that belong together."
            )
        try:
            Signer(camdx.signing_key)
        except BadKey:
            found.append("CAMDX_SIGNING_KEY must be a private key in PEM: elliptic curve P-256, or RSA.")
    return [Error(mistake, id="dspp.E040") for mistake in found]


@register()
def operator_databases_are_described(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for prefix in (name.removesuffix("URL") for name in urls_given()):
        try:
            wanted = Settings(prefix)
        except ValueError as problem:
            found.append(Error(str(problem), id="dspp.E045"))
            continue
        found += [Error(problem, id="dspp.E046") for problem in wanted.missing_files()]
        if settings.PRODUCTION and wanted.ssl_mode != "verify-full":
            text = f"{prefix}SSLMODE is {wanted.ssl_mode}: somebody on the way could pose as the operator."
            found.append(Warning(text, id="dspp.W045"))
    return found

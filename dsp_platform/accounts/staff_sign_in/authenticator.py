"""The key of a new authenticator app: kept in the session until a code proves that the app has it."""

from base64 import b32encode
from typing import Any
from urllib.parse import quote, urlencode

import segno
from django.conf import settings
from django.http import HttpRequest
from django.utils.safestring import mark_safe

from dsp_platform.accounts.models import TOTPDevice, User, new_totp_key

_KEPT = "new_authenticator"


def new_key(request: HttpRequest, user: User) -> str:
    """The same until ``discard_key``: a reloaded page must show the key that was scanned already.

    Session data is encrypted at rest.
    """
    kept = request.session.get(_KEPT)
    if kept is None or kept["user"] != user.pk:
        kept = request.session[_KEPT] = {"user": user.pk, "key": new_totp_key()}
    return kept["key"]


def discard_key(request: HttpRequest) -> None:
    request.session.pop(_KEPT, None)


def shown(user: User, key: str) -> dict[str, Any]:
    """For the template ``accounts/staff_sign_in/authenticator_key.html``."""
    typed = b32encode(bytes.fromhex(key)).decode()
    # ``otpauth://``, as authenticator apps read it from a QR code (the Key URI Format).
    issuer = settings.OTP_TOTP_ISSUER
    label = quote(f"{issuer}:{user.get_username()}")
    about = {"secret": typed, "issuer": issuer, "digits": TOTPDevice.DIGITS, "period": TOTPDevice.STEP}
    address = f"otpauth://totp/{label}?{urlencode(about)}"
    code = segno.make(address, error="m")
    return {
        "app_link": address,
        "app_key": " ".join(typed[start : start + 4] for start in range(0, len(typed), 4)),
        "qr_code": mark_safe(code.svg_inline(scale=5, border=4, light="#fff")),  # noqa: S308 - drawn by us
    }

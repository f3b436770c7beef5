"""Browsers that signed in with a number before: they can get its codes while strangers exhaust the limits.

A signed cookie holds keyed digests of the numbers (OWASP, "device cookies"). It does not authenticate. It is
valid for its own numbers only, so one SIM gives access to the reserved budget of one phone only.
"""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse

from dsp_platform.encryption import crypto
from dsp_platform.web import cookies

COOKIE = "known_phones"
LIFE = timedelta(days=180)
MAX_NUMBERS = 5  # a phone shared in a family, a computer at a health centre


def is_known(request: HttpRequest, phone: str) -> bool:
    return _digest(phone) in _kept(request)


def is_of_somebody(request: HttpRequest) -> bool:
    """Whether any number was verified in this browser."""
    return bool(_kept(request))


def latest_digest(request: HttpRequest) -> str:
    """Digest of the number verified last in this browser; empty if none."""
    return next(iter(_kept(request)), "")


def remember(request: HttpRequest, response: HttpResponse, phone: str) -> None:
    """The number was just verified in this browser."""
    digest = _digest(phone)
    kept = [digest, *(other for other in _kept(request) if other != digest)][:MAX_NUMBERS]
    cookies.write(response, COOKIE, kept, life=LIFE)


def _kept(request: HttpRequest) -> list[str]:
    return list(cookies.read(request, COOKIE, life=LIFE) or [])


def _digest(phone: str) -> str:
    return crypto.digest("known phone", phone).hex()[:32]

"""Browsers that signed in with a number before: they get its codes also while strangers spend all others.

A signed cookie names the numbers by keyed digests (OWASP, "device cookies"). It opens nothing. It speaks for
its own numbers only, so whoever has one SIM reaches the reserve for one phone, as often as one phone may ask.
"""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse

from dsp_platform import cookies, crypto

COOKIE = "known_phones"
LIFE = timedelta(days=180)
MOST = 5  # a phone shared in a family, a computer at a health centre


def is_known(request: HttpRequest, phone: str) -> bool:
    return _digest(phone) in _kept(request)


def is_of_somebody(request: HttpRequest) -> bool:
    """Some number was proved in this browser."""
    return bool(_kept(request))


def latest_digest(request: HttpRequest) -> str:
    """Of the number that was proved last in this browser; empty where none was."""
    return next(iter(_kept(request)), "")


def remember(request: HttpRequest, response: HttpResponse, phone: str) -> None:
    """The number was proved in this browser just now."""
    digest = _digest(phone)
    kept = [digest, *(one for one in _kept(request) if one != digest)][:MOST]
    cookies.remember(response, COOKIE, kept, life=LIFE)


def _kept(request: HttpRequest) -> list[str]:
    return list(cookies.remembered(request, COOKIE, life=LIFE) or [])


def _digest(phone: str) -> str:
    return crypto.digest("known phone", phone).hex()[:32]

"""The sign-in page of each role, and the redirect back to the page a person came from."""

from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from dsp_platform.accounts.models import ADMIN_ROLES, Role

NEXT = "next"
ENDED = "ended"


def sign_in_url(role: str) -> str:
    if role == Role.OFFICIAL:
        return reverse("accounts:counter_sign_in")
    if role in ADMIN_ROLES:
        return reverse("admin:login")
    return reverse("accounts:sign_in")


def staff_home_url(role: str) -> str:
    """The first page of a member of staff after signing in."""
    return resolve_url(settings.COUNTER_URL if role == Role.OFFICIAL else "admin:index")


def return_path(request: HttpRequest) -> str:
    """The page to come back to; for a POST, which is not repeated, the page of its form."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    referer = request.META.get("HTTP_REFERER", "")
    if _is_ours(request, referer):
        parts = urlsplit(referer)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return request.path


def redirect_to_sign_in(request: HttpRequest, role: str, *, ended: str = "") -> HttpResponseRedirect:
    query = {NEXT: return_path(request)} | ({ENDED: ended} if ended else {})
    return HttpResponseRedirect(f"{sign_in_url(role)}?{urlencode(query)}")


def redirect_to_step_up(request: HttpRequest) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('accounts:step_up')}?{urlencode({NEXT: return_path(request)})}")


def safe_next_url(request: HttpRequest, target: str, default: str) -> str:
    """``target`` if it is a local path, else ``default``; protects against open redirects.

    A bare word is not accepted: ``redirect`` would resolve it as the name of a view.
    """
    return target if target.startswith("/") and _is_ours(request, target) else resolve_url(default)


def _is_ours(request: HttpRequest, address: str) -> bool:
    return url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )

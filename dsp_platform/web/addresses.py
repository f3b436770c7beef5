from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

# What a subscriber or an office usually has: within it a stranger can change their address.
IPV4_PREFIX = 24
IPV6_PREFIX = 56


def client_address(request: HttpRequest) -> str:
    peer = str(request.META.get("REMOTE_ADDR", ""))
    return address_behind_proxy(peer, request.META.get("HTTP_X_FORWARDED_FOR"))


def address_behind_proxy(peer: str, forwarded: str | None) -> str:
    """The client's address: behind our proxy the last entry of X-Forwarded-For, which the proxy wrote."""
    if forwarded is not None and getattr(settings, "SECURE_PROXY_SSL_HEADER", None):
        # Clients can forge the entries before it.
        return forwarded.rpartition(",")[2].strip()
    return peer


def network_of(address: str) -> str:
    """``203.0.113.0/24`` or ``2001:db8:0:100::/56``; "" for an invalid address."""
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, IPv6Address):
        found = found.ipv4_mapped or found
    prefix = IPV4_PREFIX if found.version == 4 else IPV6_PREFIX
    return str(ip_network((found.packed, prefix), strict=False))

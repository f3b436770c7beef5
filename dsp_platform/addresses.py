import ipaddress

from django.conf import settings
from django.http import HttpRequest

# What one household or office has of IPv6; of IPv4 the smallest range that is routed.
PREFIX = {4: 24, 6: 56}


def client_address(request: HttpRequest) -> str:
    """Where the request came from. Behind our own proxy the last entry is the one that proxy wrote."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    if getattr(settings, "SECURE_PROXY_SSL_HEADER", None):
        # Those before it anyone can write.
        address = request.META.get("HTTP_X_FORWARDED_FOR", address).rpartition(",")[2].strip()
    return address


def network_of(address: str) -> str:
    """``203.0.113.0/24``, ``2001:db8:0:100::/56``; "" for what is no address."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    found = getattr(found, "ipv4_mapped", None) or found
    # From the number: a zone (``fe80::1%eth0``), which anybody may invent, makes no network of its own.
    return str(ipaddress.ip_network((int(found), PREFIX[found.version]), strict=False))

"""Delivery receipts of a gateway: whether a message arrived. Repeated and unknown receipts change nothing."""

import hmac
import ipaddress
import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from dsp_platform.notifications.models import Message
from dsp_platform.notifications.providers.gateway_settings import GatewaySettings, text_at
from dsp_platform.web.addresses import client_address

LARGEST = 32 * 1024
MOST_AT_ONCE = 200
NOT_ARRIVED = "not_arrived"


class Malformed(Exception):
    pass


def is_allowed(request: HttpRequest, settings: GatewaySettings, received: list[Mapping[str, Any]]) -> bool:
    """The secret is right and, where addresses are configured, the caller has one of them."""
    if settings.receipt_secret_field:
        shown = str(received[0].get(settings.receipt_secret_field, "")) if received else ""
        shown = shown or request.GET.get(settings.receipt_secret_field, "")
    else:
        shown = request.headers.get(settings.receipt_header, "")
    known = settings.receipt_secret.encode()
    right = hmac.compare_digest(shown.encode("utf-8", "replace"), known)
    if not known or not right:
        return False
    allowed = settings.receipt_addresses
    try:
        address = ipaddress.ip_address(client_address(request))
        return not allowed or any(address in ipaddress.ip_network(net, strict=False) for net in allowed)
    except ValueError:
        return False


def read(request: HttpRequest) -> list[Mapping[str, Any]]:
    """One receipt or several, as query, form or JSON. Raises Malformed."""
    if request.method == "GET":
        return [request.GET.dict()]
    if request.content_type != "application/json":
        return [request.GET.dict() | request.POST.dict()]
    try:
        found = json.loads(request.body)
    except (ValueError, RecursionError):
        raise Malformed from None
    found = found if isinstance(found, list) else [found]
    if len(found) > MOST_AT_ONCE or not all(isinstance(one, dict) for one in found):
        raise Malformed
    return found


def record(provider: str, settings: GatewaySettings, received: Mapping[str, Any]) -> None:
    """Delivered wins over failed, in whichever order the receipts come."""
    reference = text_at(received, settings.receipt_reference_path)
    word = text_at(received, settings.receipt_status_path).lower()
    if not reference or not reference.isprintable():  # NUL and surrogates, which PostgreSQL refuses
        return
    known = Message.objects.filter(provider_reference=reference, provider=provider)
    if word in settings.receipt_delivered:
        waiting = known.filter(state=Message.State.SENT) | known.filter(
            state=Message.State.FAILED, reason=NOT_ARRIVED
        )
        waiting.update(state=Message.State.DELIVERED, delivered_at=timezone.now(), reason="")
    elif word in settings.receipt_failed:
        known.filter(state=Message.State.SENT).update(state=Message.State.FAILED, reason=NOT_ARRIVED)

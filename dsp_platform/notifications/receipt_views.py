"""Delivery receipts posted by gateways: without language or session, so that a refusal costs little."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from dsp_platform.notifications import receipts
from dsp_platform.notifications.providers import PREFIXES
from dsp_platform.notifications.providers.gateway_settings import gateway_settings
from dsp_platform.web.forms import row_number


@csrf_exempt
@require_http_methods(["GET", "POST"])
def receive(request: HttpRequest, provider: str) -> HttpResponse:
    """The answer is a status only, and does not depend on whether the message is known."""
    if provider not in PREFIXES:
        return HttpResponse(status=404)
    settings = gateway_settings(PREFIXES[provider])
    if not settings.receipt_secret:
        return HttpResponse(status=404)
    length = row_number(request.META.get("CONTENT_LENGTH") or "0")
    if length is None or length > receipts.LARGEST:
        return HttpResponse(status=413)
    try:
        received = receipts.read(request)
    except receipts.Malformed:
        return HttpResponse(status=400)
    if not receipts.is_allowed(request, settings, received):
        return HttpResponse(status=403)
    for one in received:
        receipts.record(provider, settings, one)
    return HttpResponse(status=200)

"""The demo phone: what every number has received. Mounted only where no real person is served."""

from dataclasses import dataclass, field
from datetime import datetime

import regex
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_otp import device_classes
from django_otp.oath import totp

from dsp_platform.notifications.models import DemoMessage

SHOWN = 60
REFRESH_SECONDS = 5
_CODE = regex.compile(r"(?<!\d)\d{6}(?!\d)$")


@dataclass(frozen=True)
class Shown:
    text: str
    code: str  # the one-time code the text ends with, or ""
    received_at: datetime


@dataclass
class Phone:
    number: str
    messages: list[Shown] = field(default_factory=list)


def demo_phone(request: HttpRequest) -> HttpResponse:
    phones: dict[str, Phone] = {}
    for message in DemoMessage.objects.order_by("-received_at", "-pk")[:SHOWN]:
        text = message.text
        code = _CODE.search(text)
        phone = phones.setdefault(message.phone, Phone(message.phone))
        phone.messages.append(
            Shown(text[: code.start()] if code else text, code.group() if code else "", message.received_at)
        )
    # The second factor of the demonstration's staff, who share one key.
    staff_codes = (
        f"{totp(device.bin_key):06}"
        for kind in device_classes()
        for device in kind.objects.filter(name="demo", confirmed=True)[:1]
    )
    context = {"phones": list(phones.values()), "staff_code": next(staff_codes, "")}
    response = render(request, "notifications/demo_phone.html", context)
    response["Refresh"] = str(REFRESH_SECONDS)
    return response

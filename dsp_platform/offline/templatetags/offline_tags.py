from typing import Any, cast

from django import template
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from dsp_platform.accounts.models import User
from dsp_platform.accounts.visitors import assisted_session_of, is_verified_official
from dsp_platform.encryption import crypto
from dsp_platform.encryption.sealed import public_key
from dsp_platform.offline.once import is_sent_once
from dsp_platform.offline.sent import device_account
from dsp_platform.offline.services import DEVICE_DAYS

register = template.Library()
KEPT_FOR = "kept_for"


@register.simple_tag(takes_context=True)
def kept_on_device(context: Context) -> SafeString:
    """The field by which the service worker knows that it keeps this form while offline: whose it is, and of
    which case.
    """
    request = context["request"]
    case, match = assisted_session_of(request), request.resolver_match
    if case is None or match is None or not is_sent_once(match.func) or not public_key():
        return SafeString("")
    named = f"{device_account(request.user)}.{crypto.digest('case on a device', str(case.pk)).hex()[:16]}"
    return format_html('<input type="hidden" name="{}" value="{}">', KEPT_FOR, named)


@register.inclusion_tag("offline/device.html", takes_context=True)
def offline_device(context: Context) -> dict[str, Any]:
    """The scripts of a page of an official, and what they need to know."""
    request = context["request"]
    is_official = is_verified_official(request)
    return {
        "account": device_account(cast(User, request.user)) if is_official else "",
        "key": public_key() if is_official else "",
        "days": DEVICE_DAYS,
    }

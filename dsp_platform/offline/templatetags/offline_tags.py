from typing import Any, cast

from django import template
from django.template.context import Context

from dsp_platform.accounts.models import User
from dsp_platform.accounts.visitors import is_verified_official
from dsp_platform.encryption.sealed import public_key
from dsp_platform.offline.permits import session_mark
from dsp_platform.offline.sent import device_account
from dsp_platform.offline.services import DEVICE_DAYS

register = template.Library()


@register.inclusion_tag("offline/device.html", takes_context=True)
def offline_device(context: Context) -> dict[str, Any]:
    """The scripts of a page of an official, and what they need to know."""
    request = context["request"]
    is_official = is_verified_official(request)
    return {
        "account": device_account(cast(User, request.user)) if is_official else "",
        "session": session_mark(request) if is_official else "",
        "key": public_key() if is_official else "",
        "days": DEVICE_DAYS,
    }

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from dsp_platform.accounts.visitors import assisted_session_of


def site(request: HttpRequest) -> dict[str, Any]:
    """Variables of every template: name of the site, contacts, demo, open assisted session."""
    return {
        "site_name": settings.SITE_NAME,
        "contact_phone": settings.CONTACT_PHONE,
        "contact_telegram": settings.CONTACT_TELEGRAM,
        "demo": settings.DEMO,
        "assisted_session": assisted_session_of(request),
    }

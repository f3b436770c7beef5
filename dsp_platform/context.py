from typing import Any

from django.conf import settings
from django.http import HttpRequest

from dsp_platform.accounts.visitors import case_of


def site(request: HttpRequest) -> dict[str, Any]:
    """Variables of every template: name of the site, contacts, demo, open case."""
    return {
        "site_name": settings.SITE_NAME,
        "contact_phone": settings.CONTACT_PHONE,
        "contact_telegram": settings.CONTACT_TELEGRAM,
        "demo": settings.DEMO,
        "case": case_of(request),
    }

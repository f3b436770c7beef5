from typing import Any

from django.conf import settings
from django.http import HttpRequest

from dsp_platform.accounts.visitors import case_of


def site(request: HttpRequest) -> dict[str, Any]:
    """What every page knows: the name of the site, whom to call, whether this is the demo."""
    return {
        "site_name": settings.SITE_NAME,
        "contact_phone": settings.CONTACT_PHONE,
        "contact_telegram": settings.CONTACT_TELEGRAM,
        "demo": settings.DEMO,
        "case": case_of(request),
    }

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from dsp_platform.accounts.models import User
from dsp_platform.accounts.staff import invitations
from dsp_platform.accounts.staff.scopes import scope_of


def shown_once(request: HttpRequest, invited: User, code: str) -> dict[str, Any]:
    """For a page that shows the code of an invitation. It is the answer to a POST: a redirect would require
    storing the code."""
    page = request.build_absolute_uri(reverse("accounts:join"))
    return {
        "invited": invited,
        "scope": scope_of(invited),
        "page": page,
        "link": f"{page}#{code}",
        "code": code,
        "hours": invitations.LIFE // timedelta(hours=1),
    }

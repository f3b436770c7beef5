from typing import cast

from django import template
from django.http import HttpRequest

from dsp_platform.accounts.models import User
from dsp_platform.admin.roles import AUDITOR, STEWARD
from registry.eligibility.preview import TookTooLong, time_limit
from registry.unusual.selectors import counts

register = template.Library()
# The start page of the admin is opened at every sign-in: it must not wait for the count.
LONGEST = "500ms"


@register.simple_tag
def unusual_for(request: HttpRequest) -> int:
    """The number of unusual actions, for stewards and auditors."""
    if cast(User, request.user).role not in (STEWARD, AUDITOR):
        return 0
    try:
        with time_limit(LONGEST):
            return sum(count for _rule, count in counts())
    except TookTooLong:
        return 0

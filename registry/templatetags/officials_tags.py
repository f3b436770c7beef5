"""What stewards read of the officials of districts on the home of the admin."""

from urllib.parse import urlencode

from django import template
from django.template.context import Context
from django.urls import reverse

from dsp_platform.accounts.models import Role, User
from dsp_platform.accounts.staff.account_list import WITHOUT, SpidFilter
from dsp_platform.database.counts import counts_up_to, in_words
from registry.officials.selectors import left_to_nobody, without_spid

register = template.Library()

SHOWN = 5
COUNTED = 1000


@register.inclusion_tag("admin/registry/officials.html", takes_context=True)
def officials_alarms(context: Context) -> dict[str, object]:
    """What a district asked and nobody there may answer, and how many officials have no SPID."""
    user = context["request"].user
    if not (isinstance(user, User) and user.is_steward):
        return {}
    left, [number] = left_to_nobody(), counts_up_to(COUNTED, [without_spid()])
    narrowed = [
        ("role__exact", Role.OFFICIAL),
        ("is_active__exact", "1"),
        (SpidFilter.parameter_name, WITHOUT),
    ]
    return {
        "left": left[:SHOWN],
        "count": len(left),
        "without_spid": in_words(number, COUNTED) if number else "",
        "spid_link": f"{reverse('admin:accounts_user_changelist')}?{urlencode(narrowed)}",
    }

from django import template

from dsp_platform.accounts.models import User
from registry.village_days.selectors import visits_under_way

register = template.Library()


@register.inclusion_tag("registry/village_days/under_way.html")
def visits_at_desk(official: User) -> dict[str, object]:
    """The way back to the visit that the official is on."""
    return {"visits": [(one, one.is_taken()) for one in visits_under_way(official)]}

from django import template

from registry.areas.labels import area_path
from registry.models import Household

register = template.Library()


@register.filter
def place(household: Household) -> str:
    """Village, commune, district, province of the household."""
    return area_path(household.village)

"""Where facts that are missing for a verdict can be reported."""

from collections.abc import Collection

from django import template
from django.utils import timezone

from registry.facts.table import FACTS
from registry.models import Programme
from registry.programmes.availability import takes_applications_on

register = template.Library()
ASSESSMENT = "idpoor"  # the operator that reports poverty levels


@register.inclusion_tag("registry/programmes/where_to_tell.html")
def where_to_tell(missing: Collection[str]) -> dict[str, object]:
    """``missing``: names of facts."""
    reported_in = {FACTS[fact].reported_in for fact in missing}
    assessed_by = Programme.objects.filter(takes_applications_on(timezone.localdate()), operator=ASSESSMENT)
    return {
        "circumstances": "circumstances" in reported_in,
        "birth_date": "birth-date" in reported_in,
        "assessment": assessed_by.first() if "assessment" in reported_in else None,
        "office": "office" in reported_in,
    }

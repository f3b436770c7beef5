"""What other pages show of grievances, without importing their views."""

from django import template

from grievances import selectors
from grievances.models import Grievance
from registry.models import Person

register = template.Library()


@register.inclusion_tag("grievances/list.html")
def grievances_of(person: Person | None) -> dict[str, object]:
    """What the person reported by name; what is sensitive stays behind reference and PIN."""
    return {"grievances": selectors.grievances_of(person) if person else []}


@register.filter
def grievance_class(grievance: Grievance) -> str:
    return {"resolved": "good", "dismissed": "care"}.get(grievance.state, "")

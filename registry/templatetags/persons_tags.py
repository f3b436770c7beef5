from django import template

from registry.models import Membership

register = template.Library()


@register.filter
def relationship(value: str) -> str:
    """The label of a relationship in a draft; empty while it is not answered."""
    return str(Membership.Relationship(value).label) if value else ""

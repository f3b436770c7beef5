from django import template

from dsp_platform.templatetags.site_tags import runs
from registry.models import Membership, Person
from registry.persons.told_apart import name_at_home

register = template.Library()


@register.filter
def relationship(value: str) -> str:
    """The label of a relationship in a draft; empty while it is not answered."""
    return str(Membership.Relationship(value).label) if value else ""


@register.filter
def named(person: Person) -> str:
    """The name, told apart from those of the same household."""
    return runs(name_at_home(person))

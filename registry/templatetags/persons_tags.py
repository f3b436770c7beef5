from collections.abc import Sequence

from django import template

from dsp_platform.templatetags.site_tags import runs
from registry.models import Membership, Person
from registry.persons.told_apart import name_at_home, names_by_spid

register = template.Library()


@register.filter
def relationship(value: str) -> str:
    """The label of a relationship in a draft; empty while it is not answered."""
    return str(Membership.Relationship(value).label) if value else ""


@register.simple_tag
def told_apart(members: Sequence[Membership]) -> list[tuple[str, Membership]]:
    """Each member of a household after the name by which the others are told from them."""
    names = names_by_spid(one.person for one in members)
    return [(names[one.person.spid], one) for one in members]


@register.filter
def named(person: Person) -> str:
    """The name, told apart from those of the same household."""
    return runs(name_at_home(person))

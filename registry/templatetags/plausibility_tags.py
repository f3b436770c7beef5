from collections.abc import Sequence

from django import template

from registry.models import Household, Membership, Person
from registry.plausibility.findings import in_words
from registry.plausibility.selectors import rare_facts_beside

register = template.Library()


@register.inclusion_tag("registry/plausibility/rare_facts.html")
def rare_facts(
    person: Person, household: Household | None, members: Sequence[Membership]
) -> dict[str, object]:
    """What was rare at the registration, and said to be right: the commune reads it at the counter."""
    if not getattr(household, "has_rare_facts", False):  # known from ``household_of``
        return {}
    found = rare_facts_beside(person, household, [one.person for one in members])
    return {"facts": [(in_words(one.fact), one.confirmed_at) for one in found]}

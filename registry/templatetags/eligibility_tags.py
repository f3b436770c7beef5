"""Where what a verdict waits for can be told."""

from collections.abc import Collection

from django import template

from registry.models import Programme

register = template.Library()
# What somebody can tell of themselves in a request for a change of circumstances.
CIRCUMSTANCES = frozenset({"pregnant", "disability", "studying", "working", "disabled_in_household"})
ASSESSMENT = "idpoor"  # the operator that reports poverty levels


@register.inclusion_tag("registry/programmes/where_to_tell.html")
def where_to_tell(missing: Collection[str]) -> dict[str, object]:
    """With the names of the missing facts."""
    facts = set(missing)
    assessed_by = Programme.objects.filter(
        operator=ASSESSMENT, state=Programme.State.OPEN, takes_applications=True
    )
    return {
        "circumstances": bool(facts & CIRCUMSTANCES),
        "assessment": assessed_by.first() if "poverty_level" in facts else None,
        "office": bool(facts - CIRCUMSTANCES - {"poverty_level"}),
    }

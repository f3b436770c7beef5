"""Links from pages to their help."""

from django import template

from dsp_platform.help.topics import topic

register = template.Library()


@register.inclusion_tag("help/link.html")
def help_with(slug: str) -> dict[str, object]:
    """A link to the help page of this task; nothing where there is none."""
    return {"topic": topic(slug)}

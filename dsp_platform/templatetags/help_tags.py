"""The way from a page to the help with it."""

from django import template

from dsp_platform.help.topics import topic

register = template.Library()


@register.inclusion_tag("help/link.html")
def help_with(slug: str) -> dict[str, object]:
    """A quiet link to the page of this task; nothing where there is no such page."""
    return {"topic": topic(slug)}

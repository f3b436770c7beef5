from typing import Any

from django import template

from dsp_platform.approval.contract import kind_of
from dsp_platform.approval.selectors import waiting_about

register = template.Library()


@register.inclusion_tag("admin/approval/waiting.html")
def waits_for_two(kind: str, subject: object) -> dict[str, Any]:
    """On the page of a row: what is proposed about it, and that it holds as it is until then."""
    waiting = waiting_about(kind, str(subject))
    return {"waiting": [(proposal, kind_of(proposal).name(proposal)) for proposal in waiting]}

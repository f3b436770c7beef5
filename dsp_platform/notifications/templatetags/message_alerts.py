from typing import Any

from django import template
from django.utils import timezone

from dsp_platform.admin.roles import STEWARD
from dsp_platform.notifications import budget

register = template.Library()


@register.inclusion_tag("admin/notifications/alerts.html", takes_context=True)
def message_alerts(context: dict[str, Any]) -> dict[str, Any]:
    """On every page of the admin, for a steward, while a budget is used up."""
    request = context.get("request")
    role = getattr(getattr(request, "user", None), "role", "")
    return {"alerts": budget.stopped(timezone.now()) if role == STEWARD else []}

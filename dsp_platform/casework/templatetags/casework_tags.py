from typing import Any

from django import template
from django.http import HttpRequest
from django.utils import timezone

from dsp_platform.casework.deadlines.models import TimedItem
from dsp_platform.casework.home import to_do_now

register = template.Library()


@register.inclusion_tag("admin/to_do.html")
def queues_to_do(request: HttpRequest) -> dict[str, Any]:
    """What waits in the work queues of whoever opens the home of the admin."""
    return {"queues": to_do_now(request)}


@register.inclusion_tag("casework/deadline.html")
def deadline(item: TimedItem) -> dict[str, Any]:
    """Which step of an open item is due next, until when, and whether that is over."""
    return {
        "item": item if item.is_open and item.due_at else None,
        "is_late": item.due_at is not None and item.due_at < timezone.now(),
    }

from typing import Any

from django import template
from django.http import HttpRequest

from dsp_platform.casework.home import to_do_now

register = template.Library()


@register.inclusion_tag("admin/to_do.html")
def queues_to_do(request: HttpRequest) -> dict[str, Any]:
    """What waits in the work queues of whoever opens the home of the admin."""
    return {"queues": to_do_now(request)}

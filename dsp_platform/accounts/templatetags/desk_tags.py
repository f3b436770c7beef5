"""The lock of an official's desk, in the head and the header of every page."""

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils.http import urlencode

from dsp_platform.accounts.access.entry_points import NEXT
from dsp_platform.accounts.sessions.desk_lock import BUTTON
from dsp_platform.accounts.visitors import is_verified_official

register = template.Library()

# After the server has counted the same time from the last request.
LATER = 5


@register.simple_tag(takes_context=True)
def desk_lock(context: Context) -> dict[str, object] | None:
    """None for whom the desk does not lock, and on the page of the lock itself.

    ``has_form``: what is typed on the page must not be lost, so only a script or the button leaves it.
    """
    request = context.get("request")
    seconds = getattr(request, "session_seconds", None)
    if request is None or not seconds or not is_verified_official(request):
        return None
    content = context.get("page_content")
    return {
        "button": BUTTON,
        "has_form": content is not None and content.has_main_form,
        "seconds": seconds + LATER,
        "url": f"{reverse('accounts:lock')}?{urlencode({NEXT: request.get_full_path()})}",
    }

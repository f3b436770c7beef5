"""When a request began to come in.

The application is asked when its last byte is there, and a photo on a weak line takes longer than a session
may be idle: whoever was signed in when they pressed "Send" is not idle since.
"""

from datetime import UTC, datetime

from django.http import HttpRequest
from django.utils import timezone

# Set by our web server as a number. What a header says is text, under a name that begins with HTTP_.
BEGAN = "dspp.request_began"


def began_at(request: HttpRequest) -> datetime:
    """This moment where the web server does not tell."""
    now, began = timezone.now(), request.META.get(BEGAN)
    return min(datetime.fromtimestamp(began, tz=UTC), now) if isinstance(began, float) else now

"""When the first byte of a request arrived.

The application is called after the last byte. A photo over a slow connection can take longer than a session
may be idle, and uploading is not being idle.
"""

from datetime import UTC, datetime

from django.http import HttpRequest
from django.utils import timezone

# Our web server sets a number. A client cannot: headers are text, under names that begin with HTTP_.
RECEIVED_AT_KEY = "dspp.request_began"


def began_at(request: HttpRequest) -> datetime:
    """Now, where the web server does not set it."""
    now, began = timezone.now(), request.META.get(RECEIVED_AT_KEY)
    return min(datetime.fromtimestamp(began, tz=UTC), now) if isinstance(began, float) else now

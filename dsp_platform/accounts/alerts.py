"""Many codes asked for from one address: said in the log, never stopped.

Carriers put thousands of phones behind one address, so a limit by address would shut out a district. A person
looks at the alert. Only a keyed digest of the address is kept, for as long as the phone's own events are.
"""

import logging
from datetime import timedelta

from django.http import HttpRequest
from django.utils import timezone

from dsp_platform import crypto
from dsp_platform.accounts.models import PhoneEvent
from dsp_platform.addresses import client_address

logger = logging.getLogger(__name__)

WINDOW = timedelta(hours=1)
EVERY = 200


def address_digest(request: HttpRequest) -> bytes:
    return crypto.digest("address of a phone event", client_address(request))


def look(digest: bytes) -> None:
    count = PhoneEvent.objects.filter(address_digest=digest, at__gt=timezone.now() - WINDOW).count()
    if count and count % EVERY == 0:
        logger.warning("one address asked for %d sign-in codes within an hour", count)

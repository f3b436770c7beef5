"""What allows a device to write offline: who signed in on it, and when. It is deleted when they sign out, so
that nobody else who uses the device writes in their name.
"""

from datetime import timedelta

from django.core.signing import BadSignature, TimestampSigner

from dsp_platform.accounts.models import User
from dsp_platform.offline.services import DEVICE_DAYS

FIELD = "permit"
_SALT = "offline.permit"
_LONGEST = timedelta(days=DEVICE_DAYS + 1)


def permit_for(user: User) -> str:
    return TimestampSigner(salt=_SALT).sign(str(user.pk))


def is_permitted(user: User, permit: str) -> bool:
    try:
        return TimestampSigner(salt=_SALT).unsign(permit, max_age=_LONGEST) == str(user.pk)
    except BadSignature:
        return False

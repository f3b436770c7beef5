"""The PIN of a grievance: known to whoever reported it, and to nobody who reads the database."""

import hmac
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from dsp_platform import crypto
from dsp_platform.khmer import latin_digits
from dsp_platform.references import clean_reference
from grievances.models import Grievance

PREFIX = "G"
TRIES = 5
FIRST_LOCK = timedelta(minutes=15)
LONGEST_LOCK = timedelta(hours=24)


def new_pin(reference: str, submission: UUID) -> str:
    """Six digits. Derived, so that a form sent twice shows the same PIN both times."""
    secret = crypto.digest("grievance_new_pin", reference, str(submission))
    return f"{int.from_bytes(secret[:8]) % 10**6:06}"


def pin_digest(reference: str, pin: str) -> bytes:
    return crypto.digest("grievance_pin", reference, pin)


@transaction.atomic
def check(*, reference: str, pin: str) -> Grievance | None:
    """The grievance for a reference and PIN as typed; None alike for wrong, unknown and locked.

    Wrong tries are counted at the reference: every fifth locks it, each time for twice as long.
    """
    cleaned = clean_reference(reference, PREFIX)
    typed = "".join(latin_digits(pin).split())
    found = Grievance.objects.select_for_update(no_key=True).filter(reference=cleaned).first()
    expected = bytes(found.pin_digest) if found else b""
    right = hmac.compare_digest(expected, pin_digest(cleaned or "", typed))
    if found is None or _is_locked(found):
        return None
    if right:
        _keep(found, failures=0, lock=None)
        return found
    failures = found.pin_failures + 1
    rounds, rest = divmod(failures, TRIES)
    lock = min(FIRST_LOCK * 2 ** min(rounds - 1, 10), LONGEST_LOCK) if rest == 0 else None
    _keep(found, failures=min(failures, TRIES * 1000), lock=lock)
    return None


def _is_locked(grievance: Grievance) -> bool:
    return grievance.pin_locked_until is not None and grievance.pin_locked_until > timezone.now()


def _keep(grievance: Grievance, *, failures: int, lock: timedelta | None) -> None:
    grievance.pin_failures = failures
    grievance.pin_locked_until = timezone.now() + lock if lock else None
    grievance.save(update_fields=["pin_failures", "pin_locked_until"])

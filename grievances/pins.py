"""The PIN of a grievance: known to the reporter, and not readable from the database.

Wrong PINs cause growing waits by network, at most ``LONGEST_WAIT``, so that attackers elsewhere never make
the reporter wait. A browser that has proved or was shown this PIN is counted separately, and so is one in
which some number was proved.

A network that must wait because of tries at many references still gets its first few tries at another
reference: the right PIN is accepted. A wrong one is answered like the wait, so that it does not reveal which
references exist, and is stored only for existing reports, so that the table cannot be flooded.

Against an attack from many networks only the length of the PIN protects. One network gets about 200
tries a day at a report whose reference it knows, so that 10,000 networks that try all year guess one of 10^12
with a probability below 1 in 1000.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from dsp_platform.accounts.phones import known_browsers
from dsp_platform.background.backoff import backoff
from dsp_platform.database import locks
from dsp_platform.database.references import clean_reference
from dsp_platform.encryption import crypto
from dsp_platform.khmer.digits import digits_of
from dsp_platform.web import cookies
from dsp_platform.web.addresses import client_address, network_of
from grievances.errors import PinWait
from grievances.models import Grievance, PinFailure

PREFIX = "G"
DIGITS = 12
FREE_FAILURES = 4
# For all grievances together: a commune office is one network, and so are the customers of a carrier.
FREE_FAILURES_OF_NETWORK = 100
FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(minutes=15)
MEMORY = timedelta(hours=24)
COOKIE = "known_reporter"
COOKIE_LIFE = timedelta(days=180)


def new_pin(reference: str, submission: UUID) -> str:
    """Derived, not random: a form sent twice shows the same PIN."""
    return crypto.decimal_code(DIGITS, "grievance_new_pin", reference, str(submission))


def grouped(pin: str) -> str:
    return " ".join(pin[start : start + 4] for start in range(0, len(pin), 4))


def shown(grievance: Grievance) -> str:
    """The PIN derived again, for the reporter's page."""
    return grouped(new_pin(grievance.reference, grievance.submission))


def pin_digest(reference: str, pin: str) -> bytes:
    return crypto.digest("grievance_pin", reference, pin)


@dataclass(frozen=True, slots=True)
class Asker:
    """Who tries: the network, and the browser where it is known for this reference, or for some number."""

    network: str = ""
    known_as: str = ""
    number: str = ""

    def buckets(self, reference: str) -> dict[bytes, int]:
        """Where a failure is counted, and how many are free of a wait. The first bucket is of this
        reference."""
        if self.known_as:
            return {_bucket("browser", reference, self.known_as): FREE_FAILURES}
        kind, who = ("number", self.number) if self.number else ("network", self.network)
        return {
            _bucket("reference", reference, kind, who): FREE_FAILURES,
            _bucket(kind, who): FREE_FAILURES_OF_NETWORK,
        }


def _bucket(*parts: str) -> bytes:
    return crypto.digest("grievance pin failures", *parts)


def asker_of(request: HttpRequest, reference: str) -> Asker:
    cleaned = clean_reference(reference, PREFIX) or ""
    return Asker(
        network_of(client_address(request)),
        next((one["id"] for one in _known(request) if one["of"] == _of(cleaned)), ""),
        known_browsers.latest_digest(request),
    )


def check(*, reference: str, pin: str, asker: Asker) -> Grievance | None:
    """The grievance for a reference and PIN as typed; None alike for wrong and unknown.

    Raises PinWait; a try during a wait makes it no longer.
    """
    found, wait = _judge(reference, pin, asker)
    if wait:
        raise PinWait(wait)
    return found


@transaction.atomic
def _judge(reference: str, pin: str, asker: Asker) -> tuple[Grievance | None, timedelta | None]:
    """Or how long to wait; returned, not raised, because the counted failure must be committed."""
    cleaned = clean_reference(reference, PREFIX) or ""
    buckets = asker.buckets(cleaned)
    own = next(iter(buckets))
    # Where a try at this reference is counted during a wait of the network.
    spare = _bucket("spare", own.hex())
    for bucket in sorted({*buckets, spare}):  # parallel tries are judged one after another
        locks.lock(locks.LockName.GRIEVANCE_PIN, bucket.hex())
    waits = _waits({**buckets, spare: FREE_FAILURES})
    wait = max((waits[bucket] for bucket in buckets if bucket in waits), default=None)
    if own in waits or (wait and spare in waits):
        return None, wait
    found = Grievance.objects.filter(reference=cleaned).first()
    expected = bytes(found.pin_digest) if found else b""
    if hmac.compare_digest(expected, pin_digest(cleaned, digits_of(pin))):
        PinFailure.objects.filter(bucket__in=(own, spare)).delete()
        return found, None
    counted = [*buckets] if not wait else [spare] if found else []
    PinFailure.objects.bulk_create(PinFailure(bucket=bucket) for bucket in counted)
    return None, wait


def _waits(buckets: dict[bytes, int]) -> dict[bytes, timedelta]:
    """Of the buckets that must wait now."""
    now = timezone.now()
    failures = PinFailure.objects.filter(bucket__in=buckets, at__gt=now - MEMORY).values("bucket")
    waits = {}
    for row in failures.annotate(count=Count("pk"), last=Max("at")):
        bucket = bytes(row["bucket"])
        over = row["count"] - buckets[bucket]
        if over > 0:
            wait = row["last"] + backoff(over, first=FIRST_WAIT, longest=LONGEST_WAIT) - now
            if wait > timedelta(0):
                waits[bucket] = wait
    return waits


def remember_browser(request: HttpRequest, response: HttpResponse, grievance: Grievance) -> None:
    """It has proved the PIN, or was just shown it: wrong tries of others do not make it wait."""
    kept = _known(request)[-4:]
    known = [one for one in kept if one["of"] != _of(grievance.reference)]
    known.append({"of": _of(grievance.reference), "id": secrets.token_hex(8)})
    cookies.write(response, COOKIE, known, life=COOKIE_LIFE)


def _known(request: HttpRequest) -> list[dict[str, str]]:
    return cookies.read(request, COOKIE, life=COOKIE_LIFE) or []


def _of(reference: str) -> str:
    return crypto.digest("known reporter", reference).hex()[:16]


def purge() -> int:
    return PinFailure.objects.filter(at__lt=timezone.now() - MEMORY).delete()[0]

"""Limits on how often a day the answer may reveal whether a number is registered.

A registration must say that a document is registered already, which also helps somebody who tries other
people's numbers. Claims have a limit of their own (``registry.claims.services``).
"""

from collections.abc import Callable, Collection
from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.audit import services as audit
from dsp_platform.database import locks
from dsp_platform.encryption import crypto
from registry.errors import TooManyLookups
from registry.identity.documents import document_key
from registry.models import Lookup

DOCUMENT, TYPED = Lookup.Kind.DOCUMENT, Lookup.Kind.TYPED
SEARCH, NAME = Lookup.Kind.SEARCH, Lookup.Kind.NAME
# A family mistypes a number or two. An official serves many families, but one per assisted session.
OF_CITIZEN_A_DAY = 5
OF_CASE_A_DAY = 5
OF_OFFICIAL_A_DAY = 40
# Namesakes born on the same day: a large family may have a few.
NAMES_OF_CASE_A_DAY = 10
# All that are typed, registered or not: a large family has so many.
TYPED_A_DAY = 10
SEARCHES_A_DAY = 500
DAY = timedelta(days=1)


def digest_of(document_type: str, number: str, *told_with: object) -> bytes:
    """Of a number and of what is compared with it, where the answer depends on both: whoever holds a number
    would otherwise try all names and dates of birth with it, for one lookup."""
    return crypto.digest("number told", document_type, document_key(number), *map(str, told_with))


def check_limit(*, account: User, assisted_session: AssistedSession | None, kind: str) -> None:
    """Lock the account's counter until the transaction ends, so that parallel attempts cannot exceed a limit.

    Raises TooManyLookups before any number is compared.
    """
    locks.lock(locks.LockName.LOOKUPS_OF_ACCOUNT, str(account.pk))
    of_citizen, of_official, of_case = {
        DOCUMENT: (OF_CITIZEN_A_DAY, OF_OFFICIAL_A_DAY, OF_CASE_A_DAY),
        TYPED: (TYPED_A_DAY, SEARCHES_A_DAY, TYPED_A_DAY),
        SEARCH: (SEARCHES_A_DAY, SEARCHES_A_DAY, SEARCHES_A_DAY),
        NAME: (0, OF_OFFICIAL_A_DAY, NAMES_OF_CASE_A_DAY),
    }[Lookup.Kind(kind)]
    limits = [(Q(), of_citizen if account.is_citizen else of_official)]
    if assisted_session is not None:
        limits.append((Q(assisted_session_id=assisted_session.pk), of_case))
    for whose, most in limits:
        if (_today(account, kind).filter(whose).aggregate(sum=Sum("weight"))["sum"] or 0) >= most:
            raise TooManyLookups


def note(
    *, account: User, assisted_session: AssistedSession | None, kind: str, numbers: Collection[bytes] = ()
) -> None:
    """Count an answer that revealed something.

    After the first answer of a day every number counts: an answer that the last of several is registered also
    reveals that the others are not.
    """
    digests = {number.hex() for number in numbers}
    before = {number for row in _today(account, kind) for number in row.numbers} if digests else set()
    if digests and digests <= before:
        return
    Lookup.objects.create(
        account=account,
        assisted_session_id=assisted_session.pk if assisted_session else None,
        kind=kind,
        numbers=sorted(digests - before),
        weight=max(len(digests - before), 1) if before else 1,
    )
    if kind in (DOCUMENT, NAME):
        audit.record(
            actor=account,
            action="name_lookup" if kind == NAME else "document_lookup",
            subject_kind="user",
            subject_id=account.pk,
            assisted_session_id=assisted_session.pk if assisted_session else None,
        )


def is_told_taken(
    *, account: User, assisted_session: AssistedSession | None, number: bytes, is_taken: Callable[[], bool]
) -> bool:
    """Whether a number that was just typed is taken, for the page to say so at once.

    Counted whether it matches or not. Beyond the limits nothing is compared, and the answer is no. Of a
    number that was told to be taken today the answer is known: it stays the same, however often it is sent.
    """
    with transaction.atomic():
        locks.lock(locks.LockName.LOOKUPS_OF_ACCOUNT, str(account.pk))
        if not is_noted(account, DOCUMENT, number):
            try:
                for kind in (DOCUMENT, TYPED):
                    check_limit(account=account, assisted_session=assisted_session, kind=kind)
            except TooManyLookups:
                return False
        note(account=account, assisted_session=assisted_session, kind=TYPED, numbers=[number])
        taken = is_taken()
        if taken:
            note(account=account, assisted_session=assisted_session, kind=DOCUMENT, numbers=[number])
        return taken


def is_noted(account: User, kind: str, number: bytes) -> bool:
    """Whether it was told today already."""
    return any(number.hex() in row.numbers for row in _today(account, kind))


def _today(account: User, kind: str) -> QuerySet[Lookup]:
    return Lookup.objects.filter(account=account, kind=kind, at__gt=timezone.now() - DAY)


def purge() -> int:
    return Lookup.objects.filter(at__lt=timezone.now() - DAY).delete()[0]

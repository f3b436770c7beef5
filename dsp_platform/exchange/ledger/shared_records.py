"""Which operators have a person's records, as the person is shown it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from django.db.models import Q

from dsp_platform.exchange.models import Agreement, Attempt, LedgerEntry, Operator

Subjects: TypeAlias = Mapping[str, Collection[int]]
"""Kind of record to the subjects of that kind."""

State = LedgerEntry.State


@dataclass(frozen=True, slots=True)
class SharedRecord:
    """One record at one operator. ``status`` is one of

    ``has``: it has the newest version; ``updating``: it has an older one; ``waiting``: it has none yet;
    ``stuck``: held for a person; ``deleting``: a withdrawal is due; ``deleted``: it confirmed the withdrawal.
    """

    operator: Operator
    kind: str
    subject_id: int
    status: str
    since: datetime | None
    """Since when it has the record without interruption, or at least since then."""
    as_of: datetime | None
    """The operator has the record as of this moment: it is built when it is sent."""
    withdrawn_at: datetime | None
    """When the withdrawal became due."""
    confirmed_at: datetime | None
    agreement: Agreement | None
    consent_id: int | None

    @property
    def is_at_operator(self) -> bool:
        return self.status in ("has", "updating") or (
            self.status in ("stuck", "deleting") and bool(self.as_of)
        )


def shared_records_of(subjects: Subjects) -> list[SharedRecord]:
    """By operator. Records that were never delivered and no longer will be are left out."""
    any_of = Q(pk__in=())
    for kind, ids in subjects.items():
        any_of |= Q(kind=kind, subject_id__in=list(ids))
    entries = LedgerEntry.objects.filter(any_of).select_related("operator", "agreement")
    arrived = Attempt.objects.filter(any_of, outcome="delivered").select_related("agreement")
    attempts: dict[tuple[str, str, int], list[Attempt]] = {}
    for attempt in arrived.order_by("at", "pk"):
        attempts.setdefault((attempt.operator_id, attempt.kind, attempt.subject_id), []).append(attempt)
    found = [
        _shared_record(entry, attempts.get((entry.operator_id, entry.kind, entry.subject_id), []))
        for entry in entries.order_by("operator_id", "kind", "subject_id")
    ]
    return [record for record in found if record is not None]


def _shared_record(entry: LedgerEntry, attempts: list[Attempt]) -> SharedRecord | None:
    """``attempts``: those that succeeded, oldest first."""
    status = _status(entry)
    withdrawn = [place for place, attempt in enumerate(attempts) if attempt.withdrawal]
    records = attempts[withdrawn[-1] + 1 :] if withdrawn else attempts  # since the last withdrawal
    last = records[-1] if records else None
    deletion = attempts[-1] if attempts and attempts[-1].withdrawal else None
    if status == "deleted" and deletion is None and not entry.delivered_revision:
        return None  # it was never sent anything
    # Old attempts are dropped; the ledger still has the time of the last delivery.
    last_known = None if records else entry.delivered_at
    last_delivered_at = last_known if entry.delivered_version else None
    return SharedRecord(
        operator=entry.operator,
        kind=entry.kind,
        subject_id=entry.subject_id,
        status=status,
        since=records[0].at if records else last_delivered_at,
        as_of=last.at if last else last_delivered_at,
        withdrawn_at=entry.announced_at if status in ("deleting", "deleted") else None,
        # What is settled as withdrawn was confirmed by its last delivery, whatever attempts are still kept.
        confirmed_at=(deletion.at if deletion else entry.delivered_at) if status == "deleted" else None,
        agreement=(last.agreement if last else None) or entry.agreement,
        consent_id=last.consent_id if last else None,
    )


def _status(entry: LedgerEntry) -> str:
    if entry.state == State.WITHDRAWN:
        return "deleted"
    if entry.agreement_id is None and entry.state != State.DELIVERED:
        return "deleting" if entry.may_have_copy else "deleted"
    if entry.state == State.DELIVERED:
        return "has"
    if entry.state == State.HELD:
        return "stuck"
    return "updating" if entry.delivered_version else "waiting"

"""From claimed ledger rows to what is sent: the record is built now, never kept."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from dsp_platform import crypto
from dsp_platform.exchange.adapters import Delivery
from dsp_platform.exchange.contract import Kind, Outcome, Record, Withdrawal, registered
from dsp_platform.exchange.ledger import Claimed, Result, Verdict
from dsp_platform.exchange.models import Agreement, LedgerEntry
from dsp_platform.exchange.selectors import agreements_in_force

logger = logging.getLogger(__name__)
State = LedgerEntry.State

# After so many tries with an unknown outcome a person has to look.
MOST_UNKNOWN = 8


@dataclass(slots=True)
class Package:
    """What goes to one operator under one agreement, and the rows that need nothing sent."""

    agreement: Agreement | None
    rows: Sequence[Claimed]
    deliveries: list[Delivery] = field(default_factory=list)
    settled: list[Result] = field(default_factory=list)


def pack(operator: str, kind: str, rows: Sequence[Claimed]) -> Package:
    agreement = agreements_in_force(kind).filter(operator=operator).first()
    in_force = agreement is not None
    agreement = agreement or _last_agreement(operator, kind)
    if agreement is None or kind not in registered.kinds:
        reason = "no_agreement" if agreement is None else "unknown_kind"
        return Package(
            None, rows, settled=[Result(row, Verdict(kind, State.HELD, reason=reason)) for row in rows]
        )
    package = Package(agreement, rows)
    built = _build(registered.kinds[kind], agreement, [row.subject_id for row in rows])
    unbuilt = Verdict(kind, State.HELD, reason="cannot_build")
    unsent = Verdict(kind, State.WITHDRAWN, reason="not_concerned", withdrawal=True)
    allowed, key_field = frozenset(agreement.fields), agreement.mapping["key"]["field"]
    for row in rows:
        item = built.get(row.subject_id)
        if item is None:
            package.settled.append(Result(row, unbuilt))
        elif isinstance(item, Record) and in_force:
            if not item.values.keys() <= allowed:
                item = item._replace(
                    values={name: value for name, value in item.values.items() if name in allowed}
                )
            package.deliveries.append(Delivery(row.revision, item))
        elif not row.may_hold:
            package.settled.append(Result(row, unsent))
        else:
            if isinstance(item, Record):
                item = Withdrawal(item.subject_id, item.version, str(item.values[key_field]))
            package.deliveries.append(Delivery(row.revision, item))
    return package


def _last_agreement(operator: str, kind: str) -> Agreement | None:
    """Under which a withdrawal is still sent when no agreement is in force any more."""
    ended = Agreement.objects.filter(operator=operator, kind=kind).exclude(state=Agreement.State.DRAFT)
    return ended.order_by("-number").first()


def _build(kind: Kind, agreement: Agreement, subjects: Sequence[int]) -> dict[int, Record | Withdrawal]:
    """A subject that cannot be built is left out; the others do not suffer for it."""
    try:
        return {item.subject_id: item for item in kind.build(agreement, subjects)}
    except Exception as error:
        if len(subjects) == 1:
            logger.error("cannot build %s %s: %s", kind.name, subjects[0], type(error).__name__)
            return {}
        middle = len(subjects) // 2
        return _build(kind, agreement, subjects[:middle]) | _build(kind, agreement, subjects[middle:])


def settle(
    agreement: Agreement, rows: Sequence[Claimed], deliveries: Sequence[Delivery], outcomes: Iterable[Outcome]
) -> list[Result]:
    """The result of every delivery; one the adapter said nothing about has an unknown outcome."""
    claimed = {row.subject_id: row for row in rows}
    told = {outcome.subject_id: outcome for outcome in outcomes}
    verdicts: dict[tuple[object, ...], Verdict] = {}
    results = []
    for _revision, item in deliveries:
        subject = item.subject_id
        row, outcome = claimed[subject], told.get(subject) or Outcome(subject, "unknown", "no_answer")
        withdrawal = isinstance(item, Withdrawal)
        tries = row.attempts if outcome.status == "unknown" else 0
        case = (withdrawal, outcome.status, outcome.reason, tries)
        verdict = verdicts.get(case)
        if verdict is None:
            state, reason, wait = _next_state(row, outcome, withdrawal)
            verdict = Verdict(row.kind, state, outcome.status, reason, withdrawal, agreement.pk, wait)
            verdicts[case] = verdict
        consent = item.consent_id if isinstance(item, Record) else None
        results.append(Result(row, verdict, item.version, consent, _digest(item), outcome.receipt[:200]))
    return results


def _next_state(row: Claimed, outcome: Outcome, withdrawal: bool) -> tuple[str, str, int]:
    """(state, reason, seconds to wait)."""
    if outcome.status == "delivered":
        return (State.WITHDRAWN, "withdrawn", 0) if withdrawal else (State.DELIVERED, "", 0)
    if outcome.status == "unknown" and row.attempts < MOST_UNKNOWN:
        return State.DUE, outcome.reason, min(600, 5 * 2**row.attempts)
    return State.HELD, outcome.reason[:64] or outcome.status, 0


def _digest(item: Record | Withdrawal) -> bytes:
    """Keyed, because a plain hash of a few personal data can be found by trying."""
    parts = (item.key,) if isinstance(item, Withdrawal) else map(str, item.values.values())
    return crypto.digest("exchange", *parts)

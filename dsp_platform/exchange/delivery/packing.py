"""From claimed entries to records, which are built when they are sent and never stored; and from the outcomes
of the adapter to results."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from dsp_platform.background.backoff import backoff
from dsp_platform.encryption import crypto
from dsp_platform.exchange.adapters.base import Delivery, Outcome
from dsp_platform.exchange.contract import Record, RecordKind, Withdrawal, registered
from dsp_platform.exchange.delivery.leases import Claimed
from dsp_platform.exchange.delivery.results import ResultGroup, Results
from dsp_platform.exchange.ledger.selectors import agreements_in_force
from dsp_platform.exchange.models import Agreement, LedgerEntry

logger = logging.getLogger(__name__)
State = LedgerEntry.State

# After so many attempts with an unknown outcome the entry is held for a person.
MOST_UNKNOWN = 8
FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(minutes=10)


@dataclass(slots=True)
class Package:
    """What is sent to one operator under one agreement, and the entries that need nothing sent.

    ``rows`` are the claimed entries of ``deliveries``, in the same order.
    """

    claimed: Sequence[Claimed]
    agreement: Agreement | None = None
    rows: list[Claimed] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    unsent: list[tuple[Claimed, ResultGroup]] = field(default_factory=list)


def pack(operator: str, kind: str, rows: Sequence[Claimed]) -> Package:
    agreement = agreements_in_force(kind).filter(operator=operator).first()
    in_force = agreement is not None
    if agreement is None:
        # Withdrawals are sent under the last agreement when none is in force any more.
        ended = Agreement.objects.filter(operator=operator, kind=kind).exclude(state=Agreement.State.DRAFT)
        agreement = ended.order_by("-number").first()
    package = Package(rows, agreement)
    if agreement is None or kind not in registered.kinds:
        reason = "no_agreement" if agreement is None else "unknown_kind"
        package.unsent = [(row, ResultGroup(kind, State.HELD, reason=reason)) for row in rows]
        return package
    built = _build(registered.kinds[kind], agreement, [row.subject_id for row in rows])
    unbuilt = ResultGroup(kind, State.HELD, reason="cannot_build")
    unsent = ResultGroup(kind, State.WITHDRAWN, reason="not_concerned", withdrawal=True)
    allowed, key_field = frozenset(agreement.fields), agreement.layout.key_field
    for row in rows:
        item = built.get(row.subject_id)
        if item is None:
            package.unsent.append((row, unbuilt))
            continue
        if isinstance(item, Record):
            if not in_force:
                item = Withdrawal(item.subject_id, item.version, str(item.values[key_field]))
            elif not item.values.keys() <= allowed:
                item = item._replace(
                    values={name: value for name, value in item.values.items() if name in allowed}
                )
        if isinstance(item, Withdrawal) and not row.may_have_copy:
            package.unsent.append((row, unsent))
            continue
        package.rows.append(row)
        package.deliveries.append(Delivery(row.revision, item))
    return package


def _build(kind: RecordKind, agreement: Agreement, subjects: Sequence[int]) -> dict[int, Record | Withdrawal]:
    """A subject that cannot be built is left out; the others are built, in halves and halves of halves."""
    try:
        return {item.subject_id: item for item in kind.build(agreement, subjects)}
    except Exception as error:
        if len(subjects) == 1:
            logger.error("cannot build %s %s: %s", kind.name, subjects[0], type(error).__name__)
            return {}
        middle = len(subjects) // 2
        return _build(kind, agreement, subjects[:middle]) | _build(kind, agreement, subjects[middle:])


def add_results(package: Package, outcomes: Sequence[Outcome], results: Results) -> None:
    """Add the result of every entry; without an answer of the adapter the outcome is unknown."""
    unsent = {group: results.add_group(group) for group in {each for _row, each in package.unsent}}
    for row, each in package.unsent:
        results.rows.append((row, unsent[each], 0, None, None, ""))
    if package.agreement is None or not package.deliveries:
        return
    numbers: dict[tuple[object, ...], int] = {}
    digest, add = crypto.digester("exchange"), results.rows.append
    # Most adapters answer for all of them, in the order they were given.
    if [outcome.subject_id for outcome in outcomes] != [row.subject_id for row in package.rows]:
        known = {outcome.subject_id: outcome for outcome in outcomes}
        outcomes = [
            known.get(row.subject_id) or Outcome(row.subject_id, "unknown", "no_answer")
            for row in package.rows
        ]
    for row, (_revision, item), (_subject, status, reason, receipt) in zip(
        package.rows, package.deliveries, outcomes, strict=True
    ):
        withdrawal = type(item) is Withdrawal
        common = (status, reason, withdrawal, row.attempts if status == "unknown" else 0)
        number = numbers.get(common)
        if number is None:
            state, why, wait = _next_state(row, status, reason, withdrawal)
            group = ResultGroup(row.kind, state, status, why, withdrawal, package.agreement.pk, wait)
            number = numbers[common] = results.add_group(group)
        if isinstance(item, Withdrawal):
            add((row, number, item.version, None, digest((item.key,)), receipt[:200]))
        else:
            add((row, number, item.version, item.consent_id, digest(item.values.values()), receipt[:200]))


def _next_state(row: Claimed, status: str, reason: str, withdrawal: bool) -> tuple[str, str, int]:
    """(state, reason, seconds to wait)."""
    if status == "delivered":
        return (State.WITHDRAWN, "withdrawn", 0) if withdrawal else (State.DELIVERED, "", 0)
    tries = row.attempts + 1
    if status == "unknown" and tries < MOST_UNKNOWN:
        wait = backoff(tries, first=FIRST_WAIT, longest=LONGEST_WAIT, jitter=True)
        return State.DUE, reason, round(wait.total_seconds())
    return State.HELD, reason[:64] or status, 0

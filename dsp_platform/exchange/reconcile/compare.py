"""Whether an operator has what the ledger says: sums of numbers, and details only where they differ.

A revision identifies one delivery to one operator, so the numbers in the operator's version column must be
the ``delivered_revision`` of the ledger. While deliveries go on the two are never read in the same moment:
sums that differ only say where to look, and each finding is proven before it is repaired.

- *Missing*: the entry was settled before the operator was queried, the operator does not have the number, and
  afterwards, with the row locked, the entry is still settled under it.
- *Surplus*: the operator has a higher number than its settled entry. An entry in flight is not settled.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import connection

from dsp_platform.background import workers
from dsp_platform.database.arrays import array
from dsp_platform.exchange.adapters.base import Comparable, Summary
from dsp_platform.exchange.contract import registered
from dsp_platform.exchange.ledger import entries as ledger
from dsp_platform.exchange.ledger.selectors import agreements_in_force
from dsp_platform.exchange.models import Agreement, LedgerEntry
from dsp_platform.exchange.reconcile import ranges
from dsp_platform.exchange.reconcile.ranges import KeyRange

# Added to the highest number found: fewer are drawn between reading the sequence and raising it.
MARGIN = 1_000_000
SUBJECTS_AT_ONCE = 5000
SETTLED = (LedgerEntry.State.DELIVERED, LedgerEntry.State.WITHDRAWN)


@dataclass(slots=True)
class Tally:
    """``missing``: settled deliveries that the operator lost or has in an older version. ``surplus``: records
    that the ledger did not know of, of a known subject. ``unknown``: rows whose key no subject has, for a
    person to solve. ``repaired``: entries made due."""

    compared: int = 0
    missing: int = 0
    surplus: int = 0
    unknown: int = 0
    repaired: int = 0


@dataclass(slots=True)
class Comparison:
    """The progress for one agreement. ``parts`` are the ranges that differ and are not examined yet."""

    parts: list[KeyRange] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)

    @property
    def open(self) -> int:
        """How many numbers are still to be examined."""
        return sum(part.size for part in self.parts)


def agreements_to_compare(operator: str) -> list[Agreement]:
    """For each kind the agreement in force, or the last one: its records or tombstones are there."""
    given = Agreement.objects.filter(operator=operator).exclude(state=Agreement.State.DRAFT)
    latest = {agreement.kind: agreement for agreement in given.order_by("number")}
    latest |= {agreement.kind: agreement for agreement in agreements_in_force().filter(operator=operator)}
    return [latest[kind] for kind in sorted(latest)]


RAISE = """
SELECT setval('exchange_revision', %(highest)s + %(margin)s)
FROM exchange_revision WHERE last_value < %(highest)s
"""


def begin(session: Comparable, agreement: Agreement) -> Comparison:
    """Compare all numbers drawn so far, by sums. Raises OperatorUnavailable, as all functions here."""
    highest = session.highest(agreement)
    with connection.cursor() as cursor:
        # If the operator has a number that was never drawn, our own database was restored: new numbers would
        # be lower than the operator's, so the sequence is raised beyond it.
        cursor.execute(RAISE, {"highest": highest, "margin": MARGIN})
        cursor.execute("SELECT last_value FROM exchange_revision")
        (last_drawn,) = cursor.fetchone()
    bounds = ranges.cut(1, int(last_drawn) + 1, ranges.FIRST_RANGES)
    theirs = session.summaries(agreement, bounds)
    ours = _summaries(agreement, bounds)
    compared = sum(summary.number for summary in ours)
    return Comparison(ranges.differing(bounds, ours, theirs), Tally(compared=compared))


def continue_with(session: Comparable, agreement: Agreement, comparison: Comparison) -> None:
    """One step: compare smaller ranges, or list some of the numbers and repair what differs.

    Runs in the caller's transaction, which also stores ``comparison``.
    """
    big = ranges.too_big(comparison.parts)
    if big:
        bounds = ranges.divide(big)
        theirs = session.summaries(agreement, bounds)
        found = ranges.inside(ranges.differing(bounds, _summaries(agreement, bounds), theirs), big)
        left = set(comparison.parts) - set(big)
        comparison.parts = sorted([*left, *found])
    else:
        now, comparison.parts = ranges.chunk(comparison.parts)
        _examine(session, agreement, now, comparison.tally)


# One scan each, because columns that a delivery changes have no index. Compiling takes longer than it saves.
WITHOUT_JIT = "SET LOCAL jit = off"
SUMMARIES = """
SELECT width_bucket(delivered_revision, %(bounds)s::bigint[]), count(*), sum(delivered_revision),
    sum((delivered_revision %% 1000003) * (delivered_revision %% 1000033))
FROM exchange_ledgerentry
WHERE operator_id = %(operator)s AND kind = %(kind)s
    AND delivered_revision >= %(low)s AND delivered_revision < %(high)s
GROUP BY 1
"""
# The bounds are the ranges' beginnings and ends in turn: what is inside a range has an odd place.
NUMBERS = """
SELECT delivered_revision, subject_id, state IN ('delivered', 'withdrawn') FROM exchange_ledgerentry
WHERE operator_id = %(operator)s AND kind = %(kind)s
    AND delivered_revision >= %(low)s AND delivered_revision < %(high)s
    AND width_bucket(delivered_revision, %(bounds)s::bigint[]) %% 2 = 1
"""
# The lock order of announcements; avoids deadlocks.
LOCK = """
SELECT subject_id, id, delivered_revision, state FROM exchange_ledgerentry
WHERE operator_id = %(operator)s AND kind = %(kind)s AND subject_id = ANY (%(subjects)s::bigint[])
ORDER BY subject_id FOR NO KEY UPDATE
"""


def _scan(query: str, agreement: Agreement, bounds: Sequence[int]) -> list[tuple[Any, ...]]:
    parameters: dict[str, Any] = {
        "operator": agreement.operator_id,
        "kind": agreement.kind,
        "bounds": list(bounds),
        "low": max(1, bounds[0]),
        "high": bounds[-1],
    }
    with connection.cursor() as cursor:
        cursor.execute(WITHOUT_JIT)
        cursor.execute(query, parameters)
        return cursor.fetchall()


def _summaries(agreement: Agreement, bounds: Sequence[int]) -> list[Summary]:
    summaries = {
        place: Summary(number, int(total), int(checksum))
        for place, number, total, checksum in _scan(SUMMARIES, agreement, bounds)
    }
    return [summaries.get(place, Summary(0, 0, 0)) for place in range(1, len(bounds))]


def _examine(session: Comparable, agreement: Agreement, parts: Sequence[KeyRange], tally: Tally) -> None:
    listed = session.versions(agreement, [(part.low, part.high) for part in parts])
    theirs = Counter(number for numbers in listed for number in numbers)
    # Numbers from before the sequence may be of several deliveries: if one is lost, all are delivered again.
    ours: dict[int, list[int]] = {}
    settled: set[int] = set()
    bounds = [bound for part in parts for bound in part[:2]]
    for number, subject, is_settled in _scan(NUMBERS, agreement, bounds):
        ours.setdefault(number, []).append(subject)
        if is_settled:
            settled.add(subject)
    suspects = [number for number, subjects in ours.items() if theirs[number] < len(subjects)]
    strangers = [number for number, rows in theirs.items() if rows > len(ours.get(number, ()))]
    if not suspects and not strangers:
        return
    rows = session.keys(agreement, suspects + strangers)
    confirmed = Counter(number for number, _key in rows)
    lost = {
        subject: number
        for number in suspects
        if confirmed[number] < len(ours[number])
        for subject in ours[number]
        if subject in settled
    }
    strange = {number for number in strangers if confirmed[number] > len(ours.get(number, ()))}
    _repair(agreement, lost, [row for row in rows if row[0] in strange], tally)


class LockedEntry(NamedTuple):
    id: int
    delivered: int
    settled: bool


def _repair(
    agreement: Agreement, lost: Mapping[int, int], shown: Sequence[tuple[int, str]], tally: Tally
) -> None:
    """``lost``: by subject the number that is missing. ``shown``: number and key of rows that have no entry.

    Keys are personal numbers: they are looked up and not stored.
    """
    known = _subjects_of(agreement, [key for _number, key in shown])
    tally.unknown += sum(key not in known for _number, key in shown)
    strays = {known[key]: number for number, key in shown if key in known}
    entries = _locked(agreement, {*lost, *strays})
    missing = [
        entry.id
        for subject, number in lost.items()
        if (entry := entries[subject]).settled and entry.delivered == number
    ]
    no_entry = LockedEntry(0, 0, True)
    surplus = [
        subject
        for subject, number in strays.items()
        if subject not in lost
        and (entry := entries.get(subject, no_entry)).settled
        and entry.delivered < number
    ]
    tally.missing += len(missing)
    tally.surplus += len(surplus)
    tally.repaired += ledger.repeat(missing)
    tally.repaired += ledger.adopt_unknown(
        operator=agreement.operator_id, kind=agreement.kind, subjects=surplus
    )
    if missing or surplus:
        workers.notify_on_commit("exchange.drain", [agreement.operator_id])


def _subjects_of(agreement: Agreement, keys: Sequence[str]) -> dict[str, int]:
    kind = registered.kinds.get(agreement.kind)
    name = agreement.layout.key_field
    if kind is None or name not in kind.keys:
        return {}
    found: dict[str, int] = {}
    for first in range(0, len(keys), SUBJECTS_AT_ONCE):
        found |= kind.subjects_of(name, keys[first : first + SUBJECTS_AT_ONCE])
    return found


def _locked(agreement: Agreement, subjects: Iterable[int]) -> dict[int, LockedEntry]:
    parameters = {
        "operator": agreement.operator_id,
        "kind": agreement.kind,
        "subjects": array(subjects),
    }
    with connection.cursor() as cursor:
        cursor.execute(LOCK, parameters)
        return {
            subject: LockedEntry(entry, delivered, state in SETTLED)
            for subject, entry, delivered, state in cursor.fetchall()
        }

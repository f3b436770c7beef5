"""What became of each claimed entry, recorded in one statement; the lease ends with it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from django.db import connection, transaction

from dsp_platform.database.arrays import array
from dsp_platform.exchange.delivery.leases import Claimed, limit_idle_to_lease


class ResultGroup(NamedTuple):
    """What many results of a batch have in common.

    ``state`` is the entry's next state, unless a newer change was announced meanwhile. ``outcome`` is that of
    the attempt; empty where nothing was sent.
    """

    kind: str
    state: str
    outcome: str = ""
    reason: str = ""
    withdrawal: bool = False
    agreement_id: int | None = None
    wait_seconds: int = 0


Result: TypeAlias = tuple[Claimed, int, int, int | None, str | None, str]
"""The claimed entry; the number from ``add_group``; the version that the operator has now, 0 where nothing
was sent; the consent; a hexadecimal digest of what was sent; the receipt. A plain tuple, because millions are
made."""


@dataclass(slots=True)
class Results:
    groups: list[ResultGroup] = field(default_factory=list)
    rows: list[Result] = field(default_factory=list)

    def add_group(self, group: ResultGroup) -> int:
        """The group's number, counted from 1 as SQL does."""
        self.groups.append(group)
        return len(self.groups)


# Changes entries only while the lease is still ours. An entry that was announced again after the claim is
# outstanding already, or even delivered by another worker: a late result does not change its state.
RECORD = """
WITH own_lease AS (
    DELETE FROM exchange_lease WHERE id = %(lease)s RETURNING id
), groups AS (
    SELECT * FROM unnest(
        %(states)s::text[], %(outcomes)s::text[], %(reasons)s::text[],
        %(withdrawals)s::boolean[], %(agreements)s::bigint[], %(waits)s::int[]
    ) WITH ORDINALITY AS given (state, outcome, reason, withdrawal, agreement_id, wait, group_number)
), results AS (
    SELECT given.id, given.revision, given.version, groups.*
    FROM unnest(%(ids)s::bigint[], %(revisions)s::bigint[], %(versions)s::bigint[], %(group_of)s::bigint[])
        AS given (id, revision, version, in_group)
    JOIN groups ON group_number = in_group
), changed AS (
    UPDATE exchange_ledgerentry AS entry SET
        state = CASE WHEN entry.revision = results.revision THEN results.state ELSE entry.state END,
        reason = CASE WHEN entry.revision = results.revision THEN results.reason ELSE entry.reason END,
        attempts = CASE WHEN entry.revision <> results.revision THEN entry.attempts
            WHEN results.outcome = 'unknown' THEN entry.attempts + 1 ELSE 0 END,
        agreement_id = CASE WHEN entry.revision <> results.revision OR results.state = 'held'
            THEN entry.agreement_id
            WHEN results.withdrawal THEN NULL ELSE results.agreement_id END,
        delivered_version = CASE
            WHEN results.outcome <> 'delivered' OR results.revision < entry.delivered_revision
            THEN entry.delivered_version
            WHEN results.withdrawal THEN 0 ELSE greatest(entry.delivered_version, results.version) END,
        delivered_revision = CASE WHEN results.outcome = 'delivered'
            THEN greatest(entry.delivered_revision, results.revision) ELSE entry.delivered_revision END,
        delivered_at = CASE
            WHEN results.outcome <> 'delivered' OR results.revision < entry.delivered_revision
            THEN entry.delivered_at ELSE now() END,
        may_have_copy = entry.may_have_copy OR results.outcome IN ('delivered', 'unknown')
    FROM results WHERE entry.id = results.id AND EXISTS (SELECT FROM own_lease)
    RETURNING entry.id, entry.announced_at, entry.state, results.wait,
        entry.revision = results.revision AS current
)
INSERT INTO exchange_outstanding (entry_id, operator_id, backlog, held, not_before, since)
SELECT id, %(operator)s, false, state = 'held', now() + wait * interval '1 second', announced_at
FROM changed WHERE current AND state IN ('due', 'held')
ON CONFLICT (entry_id) DO NOTHING
"""
# A nested loop locks the entries in the order of the arrays, by subject, as announce() does: a consistent
# lock order avoids deadlocks.
NESTED_LOOP = "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off"
# Claimed entries without a result become outstanding again.
GIVE_BACK = """
WITH own_lease AS (
    SELECT backlog FROM exchange_lease WHERE id = %(lease)s FOR UPDATE
), uncertain AS (
    UPDATE exchange_ledgerentry SET may_have_copy = true
    WHERE %(sent)s AND NOT may_have_copy AND id = ANY (%(unfinished)s::bigint[])
        AND EXISTS (SELECT FROM own_lease)
)
INSERT INTO exchange_outstanding (entry_id, operator_id, backlog, held, not_before, since)
SELECT id, operator_id, backlog, false, now(), announced_at
FROM own_lease, exchange_ledgerentry WHERE id = ANY (%(unfinished)s::bigint[]) AND state = 'due'
ON CONFLICT (entry_id) DO NOTHING
"""


def record_results(
    *, operator: str, lease: UUID, results: Results, unfinished: Sequence[int] = (), sent: bool = False
) -> None:
    """Record the results, give back the ``unfinished`` entries, which have none, and end the lease.

    ``sent``: the unfinished may have arrived all the same. If the lease has expired and was taken over, the
    attempts are recorded and nothing else changes.
    """
    groups, rows = results.groups, results.rows
    parameters: dict[str, Any] = {
        "operator": operator,
        "lease": lease,
        "states": [group.state for group in groups],
        "outcomes": [group.outcome for group in groups],
        "reasons": [group.reason for group in groups],
        "withdrawals": [group.withdrawal for group in groups],
        "agreements": [group.agreement_id for group in groups],
        "waits": [group.wait_seconds for group in groups],
        "ids": array([result[0].entry_id for result in rows]),
        "revisions": array([result[0].revision for result in rows]),
        "group_of": array([result[1] for result in rows]),
        "versions": array([result[2] for result in rows]),
    }
    with transaction.atomic(), connection.cursor() as cursor:
        limit_idle_to_lease()
        # Before anything is locked: PostgreSQL has no time limit for a client that stops during COPY.
        _copy_attempts(cursor, operator, results)
        if unfinished:
            cursor.execute(GIVE_BACK, {"lease": lease, "unfinished": array(unfinished), "sent": sent})
        cursor.execute(NESTED_LOOP)
        cursor.execute(RECORD, parameters)


# COPY is faster than any INSERT: it writes whole pages.
COPY_ATTEMPTS = """
COPY exchange_attempt (
    operator_id, kind, outcome, reason, withdrawal, agreement_id,
    subject_id, version, revision, consent_id, digest, receipt
) FROM STDIN
"""
NULL = "\\N"
BYTES = "\\\\x"
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _copy_attempts(cursor: Any, operator: str, results: Results) -> None:
    """One row for each record that was sent; columns that a group shares are formatted once."""
    prefixes = [
        "\t".join(
            _copy_text(value)
            for value in (operator, each.kind, each.outcome, each.reason, each.withdrawal, each.agreement_id)
        )
        for each in results.groups
    ]
    sent = [each.outcome != "" for each in results.groups]
    receipts = {receipt: _copy_text(receipt) for receipt in {result[-1] for result in results.rows}}
    lines = [
        f"{prefixes[group - 1]}\t{row.subject_id}\t{version}\t{row.revision}\t"
        f"{NULL if consent is None else consent}\t{NULL if digest is None else BYTES + digest}\t"
        f"{receipts[receipt]}\n"
        for row, group, version, consent, digest, receipt in results.rows
        if sent[group - 1]
    ]
    if lines:
        with connection.wrap_database_errors, cursor.copy(COPY_ATTEMPTS) as copy:
            copy.write("".join(lines))


def _copy_text(value: str | int | None) -> str:
    """A value in the text format of COPY."""
    return NULL if value is None else str(value).translate(_ESCAPES)

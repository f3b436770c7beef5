"""The statements of the delivery ledger. Each is set-based: one statement for any number of rows.

Times are the database's own, so that machines whose clocks differ agree on leases.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection


def _array(values: Iterable[int | str | None]) -> str:
    """A PostgreSQL array of numbers or plain words, ten times faster than one adapted value by value."""
    return "{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}"


# A row becomes due when the subject has a new version, or when who may hold it changed: another
# agreement, none any more, one again. What an operator gave up and still may not hold stays given up.
UPSERT = """
WITH incoming AS (
    SELECT subject_id, max(version) AS version
    FROM unnest(%(subjects)s::bigint[], %(versions)s::bigint[]) AS given (subject_id, version)
    GROUP BY subject_id
), concerned AS (
    SELECT * FROM unnest(%(operators)s::text[], %(agreements)s::bigint[], %(concerned)s::bigint[])
        AS given (operator_id, agreement_id, subject_id)
), wanted AS (
    SELECT operator_id, subject_id, agreement_id FROM concerned
    UNION ALL
    SELECT operator_id, subject_id, NULL::bigint FROM exchange_ledgerentry AS entry
    WHERE kind = %(kind)s AND subject_id = ANY(%(subjects)s::bigint[])
        AND (%(only)s::text[] IS NULL OR operator_id = ANY(%(only)s::text[]))
        AND NOT EXISTS (
            SELECT 1 FROM concerned
            WHERE concerned.operator_id = entry.operator_id AND concerned.subject_id = entry.subject_id
        )
)
INSERT INTO exchange_ledgerentry AS entry (
    operator_id, kind, subject_id, agreement_id, wanted_version, delivered_version, revision,
    delivered_revision, may_hold, state, reason, attempts, not_before, announced_at
)
SELECT operator_id, %(kind)s, subject_id, agreement_id, version, 0, 1, 0, false, 'due', '', 0, now(), now()
FROM wanted JOIN incoming USING (subject_id)
ORDER BY operator_id, subject_id
ON CONFLICT (operator_id, kind, subject_id) DO UPDATE SET
    wanted_version = greatest(entry.wanted_version, excluded.wanted_version),
    agreement_id = excluded.agreement_id,
    revision = entry.revision + 1,
    state = 'due',
    reason = '',
    attempts = 0,
    not_before = now(),
    announced_at = CASE WHEN entry.state = 'due' THEN entry.announced_at ELSE now() END
WHERE NOT (entry.state = 'withdrawn' AND excluded.agreement_id IS NULL)
    AND (
        excluded.wanted_version > entry.wanted_version
        OR excluded.agreement_id IS DISTINCT FROM entry.agreement_id
    )
RETURNING operator_id
"""


def upsert(
    *,
    kind: str,
    subjects: Sequence[tuple[int, int]],
    concerned: Iterable[tuple[str, int, int]],
    only: Collection[str] | None = None,
) -> set[str]:
    """``concerned`` holds (operator, agreement, subject). Returns the operators that now have work."""
    entitled = list(concerned)
    with connection.cursor() as cursor:
        cursor.execute(
            UPSERT,
            {
                "kind": kind,
                "subjects": _array(subject for subject, _version in subjects),
                "versions": _array(version for _subject, version in subjects),
                "operators": _array(operator for operator, _agreement, _subject in entitled),
                "agreements": _array(agreement for _operator, agreement, _subject in entitled),
                "concerned": _array(subject for _operator, _agreement, subject in entitled),
                "only": None if only is None else list(only),
            },
        )
        return {operator for (operator,) in cursor.fetchall()}


# What was never delivered and cannot have been is settled at once; the rest is due for a withdrawal.
WANT_NOTHING = """
UPDATE exchange_ledgerentry SET
    agreement_id = NULL,
    revision = revision + 1,
    state = CASE WHEN may_hold OR lease IS NOT NULL THEN 'due' ELSE 'withdrawn' END,
    reason = CASE WHEN may_hold OR lease IS NOT NULL THEN '' ELSE 'not_concerned' END,
    attempts = 0, not_before = now(), announced_at = now()
WHERE operator_id = %s AND kind = %s AND state <> 'withdrawn'
"""


def want_nothing(*, operator: str, kind: str) -> None:
    """The operator may hold nothing of this kind any more."""
    with connection.cursor() as cursor:
        cursor.execute(WANT_NOTHING, [operator, kind])


class Claimed(NamedTuple):
    entry_id: int
    kind: str
    subject_id: int
    revision: int
    attempts: int
    may_hold: bool


# A lease that ran out without a result is somebody who died on the way: what they carried may have arrived.
# The array makes this a look-up by key; a join would let the planner read the whole ledger for each batch.
CLAIM = """
UPDATE exchange_ledgerentry AS entry SET
    lease = %(lease)s,
    leased_until = statement_timestamp() + %(seconds)s * interval '1 second',
    attempts = attempts + 1,
    may_hold = may_hold OR lease IS NOT NULL
WHERE id = ANY (ARRAY(
    SELECT id FROM exchange_ledgerentry
    WHERE operator_id = %(operator)s AND state = 'due' AND not_before <= statement_timestamp()
        AND (leased_until IS NULL OR leased_until < statement_timestamp())
    ORDER BY not_before LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
))
RETURNING id, kind, subject_id, revision, attempts, may_hold
"""


def claim(*, operator: str, lease: UUID, limit: int, seconds: int) -> list[Claimed]:
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"operator": operator, "lease": lease, "limit": limit, "seconds": seconds})
        return [Claimed(*row) for row in cursor.fetchall()]


class Verdict(NamedTuple):
    """What many rows of a batch have in common.

    ``state`` is where a row goes if nothing newer is wanted meanwhile. ``outcome`` is what the attempt is
    noted as; empty where nothing was sent.
    """

    kind: str
    state: str
    outcome: str = ""
    reason: str = ""
    withdrawal: bool = False
    agreement_id: int | None = None
    wait_seconds: int = 0


class Result(NamedTuple):
    """What became of one claimed row. ``version`` is what the operator now holds of the subject."""

    claimed: Claimed
    verdict: Verdict
    version: int = 0
    consent_id: int | None = None
    digest: bytes = b""
    receipt: str = ""


# One statement: results on the rows still ours, and one attempt for each thing that was sent. A row that
# wants more than was sent stays due, whatever became of what was sent.
RECORD = """
WITH verdicts AS (
    SELECT * FROM unnest(
        %(kinds)s::text[], %(states)s::text[], %(outcomes)s::text[], %(reasons)s::text[],
        %(withdrawals)s::boolean[], %(agreements)s::bigint[], %(waits)s::int[]
    ) WITH ORDINALITY AS given (kind, state, outcome, reason, withdrawal, agreement_id, wait, verdict)
), results AS (
    SELECT given.*, verdicts.*, receipt
    FROM unnest(
        %(ids)s::bigint[], %(subjects)s::bigint[], %(revisions)s::bigint[], %(versions)s::bigint[],
        %(consents)s::bigint[], %(digests)s::text[], %(verdicts)s::bigint[]
    ) AS given (id, subject_id, revision, version, consent_id, digest, verdict_id)
    JOIN verdicts ON verdict = verdict_id
    LEFT JOIN unnest(%(with_receipt)s::bigint[], %(receipts)s::text[]) AS told (entry_id, receipt)
        ON entry_id = id
), noted AS (
    INSERT INTO exchange_attempt (
        at, operator_id, kind, subject_id, version, withdrawal, outcome, reason, digest, agreement_id,
        consent_id, idempotency_key, receipt
    )
    SELECT now(), %(operator)s, kind, subject_id, version, withdrawal, outcome, reason,
        decode(digest, 'hex'), agreement_id, consent_id,
        (lpad(to_hex(id), 16, '0') || lpad(to_hex(revision), 16, '0'))::uuid, coalesce(receipt, '')
    FROM results WHERE outcome <> ''
)
UPDATE exchange_ledgerentry AS entry SET
    lease = NULL,
    leased_until = NULL,
    state = CASE WHEN entry.revision = results.revision THEN results.state ELSE 'due' END,
    reason = CASE WHEN entry.revision = results.revision THEN results.reason ELSE '' END,
    not_before = CASE WHEN entry.revision = results.revision
        THEN now() + results.wait * interval '1 second' ELSE entry.not_before END,
    agreement_id = CASE WHEN entry.revision <> results.revision OR results.state = 'held'
        THEN entry.agreement_id
        WHEN results.withdrawal THEN NULL ELSE results.agreement_id END,
    delivered_version = CASE WHEN results.outcome <> 'delivered' THEN entry.delivered_version
        WHEN results.withdrawal THEN 0 ELSE greatest(entry.delivered_version, results.version) END,
    delivered_revision = CASE WHEN results.outcome = 'delivered'
        THEN greatest(entry.delivered_revision, results.revision) ELSE entry.delivered_revision END,
    delivered_at = CASE WHEN results.outcome = 'delivered' THEN now() ELSE entry.delivered_at END,
    may_hold = entry.may_hold OR results.outcome IN ('delivered', 'unknown')
FROM results WHERE entry.id = results.id AND entry.lease = %(lease)s
"""


def record(*, operator: str, lease: UUID, results: Sequence[Result]) -> None:
    """Guarded by the lease: whoever lost it notes the attempt and changes nothing else."""
    # By identity: rows that share a verdict share the object, and hashing each again would cost.
    verdicts = list({id(result.verdict): result.verdict for result in results}.values())
    number_of = {id(verdict): number for number, verdict in enumerate(verdicts, start=1)}
    told = [(result.claimed.entry_id, result.receipt) for result in results if result.receipt]
    parameters: dict[str, Any] = {
        "operator": operator,
        "lease": lease,
        "kinds": [verdict.kind for verdict in verdicts],
        "states": [verdict.state for verdict in verdicts],
        "outcomes": [verdict.outcome for verdict in verdicts],
        "reasons": [verdict.reason for verdict in verdicts],
        "withdrawals": [verdict.withdrawal for verdict in verdicts],
        "agreements": [verdict.agreement_id for verdict in verdicts],
        "waits": [verdict.wait_seconds for verdict in verdicts],
        "ids": _array(result.claimed.entry_id for result in results),
        "subjects": _array(result.claimed.subject_id for result in results),
        "revisions": _array(result.claimed.revision for result in results),
        "versions": _array(result.version for result in results),
        "consents": _array(result.consent_id for result in results),
        "digests": _array(result.digest.hex() or None for result in results),
        "verdicts": _array(number_of[id(result.verdict)] for result in results),
        "with_receipt": [entry for entry, _receipt in told],
        "receipts": [receipt for _entry, receipt in told],
    }
    with connection.cursor() as cursor:
        cursor.execute(RECORD, parameters)


def release(*, lease: UUID, entries: Sequence[int], sent: bool) -> None:
    """Give back what was claimed and has no result; ``sent`` if it may have arrived all the same."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE exchange_ledgerentry SET lease = NULL, leased_until = NULL, may_hold = may_hold OR %s "
            "WHERE id = ANY(%s) AND lease = %s",
            [sent, list(entries), lease],
        )


FAILED = """
UPDATE exchange_operator SET
    failures = failures + 1,
    last_error = %s,
    retry_at = now() + least(600, 5 * 2 ^ least(failures, 10)) * (0.75 + random() / 4) * interval '1 second'
WHERE code = %s
"""


def operator_failed(operator: str, reason: str) -> None:
    """The operator as a whole is left alone for a while: 5 s, 10 s, ... up to 10 minutes, with jitter."""
    with connection.cursor() as cursor:
        cursor.execute(FAILED, [reason[:64], operator])


def operator_answered(operator: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE exchange_operator SET failures = 0, retry_at = NULL, last_error = '', "
            "last_success_at = now() WHERE code = %s",
            [operator],
        )


def operator_ready(operator: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT true FROM exchange_operator WHERE code = %s AND active AND paused_at IS NULL "
            "AND (retry_at IS NULL OR retry_at <= statement_timestamp())",
            [operator],
        )
        return cursor.fetchone() is not None


# Any constant of our own; it keeps these locks apart from other advisory locks of this database.
LOCK_SPACE = 0x4C454447


@contextmanager
def drain_lock(operator: str) -> Iterator[bool]:
    """One drain per operator at a time. It belongs to the connection: who dies lets go of it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", [LOCK_SPACE, operator])
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine and connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", [LOCK_SPACE, operator])

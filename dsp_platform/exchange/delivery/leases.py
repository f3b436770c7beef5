"""A batch taken in hand, and what became of it.

A lease is one row that names what it carries, so taking a batch writes nothing on the entries themselves.
Times are the database's own: machines whose clocks differ agree on leases.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from dsp_platform.exchange.ledger.entries import array

# Any constant of our own; it keeps these locks apart from other advisory locks of this database.
CLAIM_SPACE = 0x4C454153


class Claimed(NamedTuple):
    entry_id: int
    kind: str
    subject_id: int
    revision: int
    attempts: int
    may_hold: bool


# A lease that ran out without a result is somebody who died on the way: what they carried may have arrived.
TAKE_UP = """
WITH dead AS (
    DELETE FROM exchange_lease
    WHERE operator_id = %(operator)s AND until < statement_timestamp() RETURNING entries, backlog
), carried AS (
    SELECT unnest(entries) AS entry_id, backlog FROM dead
), changed AS (
    UPDATE exchange_ledgerentry SET may_hold = true, attempts = attempts + 1
    FROM carried WHERE id = entry_id RETURNING id, operator_id, backlog, announced_at, state
)
INSERT INTO exchange_outstanding (entry_id, operator_id, backlog, held, not_before, since)
SELECT id, operator_id, backlog, false, now(), announced_at FROM changed WHERE state = 'due'
ON CONFLICT (entry_id) DO NOTHING
"""

# Live changes first. What is taken moves from the slim table into the lease. The arrays make look-ups by
# place and key; joins would let the planner read whole tables.
_DUE = """(
    SELECT ctid FROM exchange_outstanding
    WHERE operator_id = %(operator)s AND NOT held AND backlog = {backlog}
        AND not_before BETWEEN coalesce(%({name})s::timestamptz, '-infinity') AND statement_timestamp()
    ORDER BY not_before LIMIT %(limit)s
)"""
CLAIM = f"""
WITH taken AS (
    DELETE FROM exchange_outstanding WHERE ctid = ANY (ARRAY(
        {_DUE.format(backlog="false", name="live")}
        UNION ALL {_DUE.format(backlog="true", name="fill")} LIMIT %(limit)s
    ))
    RETURNING entry_id, backlog, not_before
), lease AS (
    INSERT INTO exchange_lease (id, operator_id, entries, backlog, taken_at, until)
    SELECT %(lease)s, %(operator)s, array_agg(entry_id), bool_and(backlog), statement_timestamp(),
        statement_timestamp() + %(seconds)s * interval '1 second'
    FROM taken HAVING count(*) > 0
)
SELECT count(*), max(not_before) FILTER (WHERE NOT backlog), max(not_before) FILTER (WHERE backlog) FROM taken
"""  # noqa: S608
# In a statement after the claim's, because it must see whatever was announced until then: a later change
# makes its entry outstanding anew. An older delivery that is still on its way may arrive.
CLAIMED = """
SELECT id, kind, subject_id, revision, attempts, may_hold OR id IN (
    SELECT unnest(entries) FROM exchange_lease WHERE operator_id = %(operator)s AND id <> %(lease)s
)
FROM exchange_ledgerentry
WHERE id = ANY (ARRAY(SELECT unnest(entries) FROM exchange_lease WHERE id = %(lease)s))
"""


@dataclass(slots=True)
class Place:
    """Where the next claim of a turn begins to look: what was taken before still stands in the index, dead,
    until it is cleaned, and to pass over a million of them takes longer than the claim.

    What became due with an earlier time meanwhile is found by the next turn, which begins at the beginning.
    """

    live: datetime | None = None
    fill: datetime | None = None


def claim(
    *, operator: str, lease: UUID, limit: int, seconds: int, place: Place | None = None
) -> list[Claimed]:
    """By ascending subject. One claim per operator at a time, so that two never pick the same."""
    place = place or Place()
    parameters: dict[str, Any] = {
        "operator": operator,
        "lease": lease,
        "limit": limit,
        "seconds": seconds,
        "live": place.live,
        "fill": place.fill,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        _end_if_stopped(cursor)
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [CLAIM_SPACE, operator])
        cursor.execute(TAKE_UP, parameters)
        cursor.execute(CLAIM, parameters)
        count, live, fill = cursor.fetchone()
        if not count:
            return []
        place.live, place.fill = live or place.live, fill or place.fill
        cursor.execute(CLAIMED, parameters)
        rows = list(map(Claimed._make, cursor.fetchall()))
    rows.sort(key=lambda row: row.subject_id)
    return rows


def _end_if_stopped(cursor: Any) -> None:
    """Whoever is stopped between two statements must not keep the rows it locked longer than its lease."""
    cursor.execute(
        "SELECT set_config('idle_in_transaction_session_timeout', %s, true)",
        [f"{settings.EXCHANGE_LEASE_SECONDS}s"],
    )


def renew(*, leases: Sequence[UUID], seconds: int) -> None:
    """The operator takes long, and whoever waits for it is alive."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE exchange_lease SET until = statement_timestamp() + %s * interval '1 second' "
            "WHERE id = ANY(%s)",
            [seconds, list(leases)],
        )


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


Result: TypeAlias = tuple[Claimed, int, int, int | None, str | None, str]
"""What became of one claimed row: the row; the number that ``number_of`` gave; the version that the operator
now holds of the subject, 0 where nothing was sent; the consent; a hexadecimal digest of what was sent; the
receipt. Not a named tuple: they are made by the million."""


@dataclass(slots=True)
class Results:
    verdicts: list[Verdict] = field(default_factory=list)
    rows: list[Result] = field(default_factory=list)

    def number_of(self, verdict: Verdict) -> int:
        self.verdicts.append(verdict)
        return len(self.verdicts)


# One statement: results on the rows still ours. A row that wants more than was sent is outstanding anew, or
# was even delivered: what comes late changes nothing there.
SETTLE = """
WITH mine AS (
    DELETE FROM exchange_lease WHERE id = %(lease)s RETURNING id
), verdicts AS (
    SELECT * FROM unnest(
        %(states)s::text[], %(outcomes)s::text[], %(reasons)s::text[],
        %(withdrawals)s::boolean[], %(agreements)s::bigint[], %(waits)s::int[]
    ) WITH ORDINALITY AS given (state, outcome, reason, withdrawal, agreement_id, wait, verdict)
), results AS (
    SELECT given.id, given.revision, given.version, verdicts.*
    FROM unnest(%(ids)s::bigint[], %(revisions)s::bigint[], %(versions)s::bigint[], %(verdict_of)s::bigint[])
        AS given (id, revision, version, verdict_id)
    JOIN verdicts ON verdict = verdict_id
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
        may_hold = entry.may_hold OR results.outcome IN ('delivered', 'unknown')
    FROM results WHERE entry.id = results.id AND EXISTS (SELECT FROM mine)
    RETURNING entry.id, entry.announced_at, entry.state, results.wait,
        entry.revision = results.revision AS current
)
INSERT INTO exchange_outstanding (entry_id, operator_id, backlog, held, not_before, since)
SELECT id, %(operator)s, false, state = 'held', now() + wait * interval '1 second', announced_at
FROM changed WHERE current AND state IN ('due', 'held')
ON CONFLICT (entry_id) DO NOTHING
"""
# The rows are taken in the order they are given, by their keys: whoever announces takes them in that order
# too, and nobody waits in a circle.
IN_ORDER = "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off"


# What was claimed and has no result is outstanding again.
GIVE_BACK = """
WITH mine AS (
    SELECT backlog FROM exchange_lease WHERE id = %(lease)s FOR UPDATE
), lost AS (
    UPDATE exchange_ledgerentry SET may_hold = true
    WHERE %(sent)s AND NOT may_hold AND id = ANY (%(left)s::bigint[]) AND EXISTS (SELECT FROM mine)
)
INSERT INTO exchange_outstanding (entry_id, operator_id, backlog, held, not_before, since)
SELECT id, operator_id, backlog, false, now(), announced_at
FROM mine, exchange_ledgerentry WHERE id = ANY (%(left)s::bigint[]) AND state = 'due'
ON CONFLICT (entry_id) DO NOTHING
"""


def settle(
    *, operator: str, lease: UUID, results: Results, left: Sequence[int] = (), sent: bool = False
) -> None:
    """Note the results and give the lease back, with the entries ``left`` that have no result.

    ``sent``: those may have arrived all the same. Whoever lost the lease notes the attempts and changes
    nothing else.
    """
    verdicts, rows = results.verdicts, results.rows
    parameters: dict[str, Any] = {
        "operator": operator,
        "lease": lease,
        "states": [verdict.state for verdict in verdicts],
        "outcomes": [verdict.outcome for verdict in verdicts],
        "reasons": [verdict.reason for verdict in verdicts],
        "withdrawals": [verdict.withdrawal for verdict in verdicts],
        "agreements": [verdict.agreement_id for verdict in verdicts],
        "waits": [verdict.wait_seconds for verdict in verdicts],
        "ids": array([result[0].entry_id for result in rows]),
        "revisions": array([result[0].revision for result in rows]),
        "verdict_of": array([result[1] for result in rows]),
        "versions": array([result[2] for result in rows]),
    }
    with transaction.atomic(), connection.cursor() as cursor:
        _end_if_stopped(cursor)
        # First, because nothing is locked yet: while rows are copied the server waits for us without end.
        _note_attempts(cursor, operator, results)
        if left:
            cursor.execute(GIVE_BACK, {"lease": lease, "left": array(left), "sent": sent})
        cursor.execute(IN_ORDER)
        cursor.execute(SETTLE, parameters)


# Faster than any INSERT: whole pages are written at once.
NOTE = """
COPY exchange_attempt (
    operator_id, kind, outcome, reason, withdrawal, agreement_id,
    subject_id, version, revision, consent_id, digest, receipt
) FROM STDIN
"""


def _note_attempts(cursor: Any, operator: str, results: Results) -> None:
    """One for each thing that was sent."""
    beginnings = [
        "\t".join(
            _cell(value)
            for value in (operator, each.kind, each.outcome, each.reason, each.withdrawal, each.agreement_id)
        )
        for each in results.verdicts
    ]
    sent = [each.outcome != "" for each in results.verdicts]
    receipts = {receipt: _cell(receipt) for receipt in {result[-1] for result in results.rows}}
    lines = [
        f"{beginnings[verdict - 1]}\t{row.subject_id}\t{version}\t{row.revision}\t"
        f"{NULL if consent is None else consent}\t{NULL if digest is None else BYTES + digest}\t"
        f"{receipts[receipt]}\n"
        for row, verdict, version, consent, digest, receipt in results.rows
        if sent[verdict - 1]
    ]
    if lines:
        with connection.wrap_database_errors, cursor.copy(NOTE) as copy:
            copy.write("".join(lines))


NULL = "\\N"
BYTES = "\\\\x"
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _cell(value: str | int | None) -> str:
    """As COPY reads it."""
    return NULL if value is None else str(value).translate(_ESCAPES)

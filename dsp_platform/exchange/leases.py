"""A batch taken in hand, and what became of it.

A lease is one row that names what it carries, so taking a batch writes nothing on the entries themselves.
Times are the database's own: machines whose clocks differ agree on leases.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction

from dsp_platform.exchange.ledger import array

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


@dataclass(slots=True)
class Results:
    """What became of claimed rows: columns side by side, because they are filled by the million.

    ``versions`` is what the operator now holds of the subject, 0 where nothing was sent.
    """

    claimed: list[Claimed] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    verdict_of: list[int] = field(default_factory=list)
    versions: list[int] = field(default_factory=list)
    consents: list[int | None] = field(default_factory=list)
    digests: list[str | None] = field(default_factory=list)
    receipts: list[str] = field(default_factory=list)

    def add(
        self,
        row: Claimed,
        verdict: int,
        version: int = 0,
        consent: int | None = None,
        digest: str | None = None,
        receipt: str = "",
    ) -> None:
        """``verdict`` is the number that ``number_of`` gave; ``digest`` is hexadecimal."""
        self.claimed.append(row)
        self.verdict_of.append(verdict)
        self.versions.append(version)
        self.consents.append(consent)
        self.digests.append(digest)
        self.receipts.append(receipt)

    def number_of(self, verdict: Verdict) -> int:
        self.verdicts.append(verdict)
        return len(self.verdicts)


# One statement: results on the rows still ours, and one attempt for each thing that was sent. A row that
# wants more than was sent is outstanding anew, or was even delivered: what comes late changes nothing there.
SETTLE = """
WITH mine AS (
    DELETE FROM exchange_lease WHERE id = %(lease)s RETURNING id
), verdicts AS (
    SELECT * FROM unnest(
        %(kinds)s::text[], %(states)s::text[], %(outcomes)s::text[], %(reasons)s::text[],
        %(withdrawals)s::boolean[], %(agreements)s::bigint[], %(waits)s::int[]
    ) WITH ORDINALITY AS given (kind, state, outcome, reason, withdrawal, agreement_id, wait, verdict)
), results AS MATERIALIZED (
    SELECT given.*, verdicts.*
    FROM unnest(
        %(ids)s::bigint[], %(subjects)s::bigint[], %(revisions)s::bigint[], %(versions)s::bigint[],
        %(consents)s::bigint[], %(digests)s::text[], %(receipts)s::text[], %(verdict_of)s::bigint[]
    ) AS given (id, subject_id, revision, version, consent_id, digest, receipt, verdict_id)
    JOIN verdicts ON verdict = verdict_id
), noted AS (
    INSERT INTO exchange_attempt (
        at, operator_id, kind, subject_id, version, revision, withdrawal, outcome, reason, digest,
        agreement_id, consent_id, receipt
    )
    SELECT now(), %(operator)s, kind, subject_id, version, revision, withdrawal, outcome, reason,
        decode(digest, 'hex'), agreement_id, consent_id, coalesce(receipt, %(receipt)s)
    FROM results WHERE outcome <> ''
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
    claimed, verdicts = results.claimed, results.verdicts
    one_receipt = len(set(results.receipts)) <= 1
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
        "ids": array([row.entry_id for row in claimed]),
        "subjects": array([row.subject_id for row in claimed]),
        "revisions": array([row.revision for row in claimed]),
        "versions": array(results.versions),
        "consents": array(results.consents),
        "digests": array(results.digests),
        "verdict_of": array(results.verdict_of),
        # Mostly one receipt for the whole batch; arrays that are shorter are padded with nulls.
        "receipts": [] if one_receipt else results.receipts,
        "receipt": results.receipts[0] if results.receipts and one_receipt else "",
    }
    with transaction.atomic(), connection.cursor() as cursor:
        if left:
            cursor.execute(GIVE_BACK, {"lease": lease, "left": array(left), "sent": sent})
        cursor.execute(IN_ORDER)
        cursor.execute(SETTLE, parameters)

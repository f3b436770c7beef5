"""Claiming a batch of outstanding entries under a lease, which runs out unless it is renewed.

A lease is one row that lists its entries, so a claim updates none of the entries themselves.
All times are the database's, so that workers on machines with different clocks agree on leases.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from dsp_platform.database import locks


class Claimed(NamedTuple):
    entry_id: int
    kind: str
    subject_id: int
    revision: int
    attempts: int
    may_have_copy: bool
    """The operator may have a copy, from a delivery whose outcome is known or not."""


# The worker of an expired lease may have sent its entries before it died: the operator may have them.
RECLAIM_EXPIRED = """
WITH expired AS (
    DELETE FROM exchange_lease
    WHERE operator_id = %(operator)s AND until < statement_timestamp() RETURNING entries, backlog
), abandoned AS (
    SELECT unnest(entries) AS entry_id, backlog FROM expired
), changed AS (
    UPDATE exchange_ledgerentry SET may_have_copy = true, attempts = attempts + 1
    FROM abandoned WHERE id = entry_id RETURNING id, operator_id, backlog, announced_at, state
)
INSERT INTO exchange_outstanding (entry_id, operator_id, backlog, held, not_before, since)
SELECT id, operator_id, backlog, false, now(), announced_at FROM changed WHERE state = 'due'
ON CONFLICT (entry_id) DO NOTHING
"""

# Live changes before the backlog. Claimed rows move from the small table of outstanding entries into the
# lease. The arrays force look-ups by ctid and key; with joins the planner may read whole tables.
_DUE = """(
    SELECT ctid FROM exchange_outstanding
    WHERE operator_id = %(operator)s AND NOT held AND backlog = {backlog}
        AND not_before BETWEEN coalesce(%({position})s::timestamptz, '-infinity') AND statement_timestamp()
    ORDER BY not_before LIMIT %(limit)s
)"""
CLAIM = f"""
WITH taken AS (
    DELETE FROM exchange_outstanding WHERE ctid = ANY (ARRAY(
        {_DUE.format(backlog="false", position="live_from")}
        UNION ALL {_DUE.format(backlog="true", position="backlog_from")} LIMIT %(limit)s
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
# In a statement after the claim's, to see everything announced up to the claim: a later change makes its
# entry outstanding again. An entry that another lease lists too may arrive from there.
CLAIMED = """
SELECT id, kind, subject_id, revision, attempts, may_have_copy OR id IN (
    SELECT unnest(entries) FROM exchange_lease WHERE operator_id = %(operator)s AND id <> %(lease)s
)
FROM exchange_ledgerentry
WHERE id = ANY (ARRAY(SELECT unnest(entries) FROM exchange_lease WHERE id = %(lease)s))
"""


@dataclass(slots=True)
class Position:
    """The ``not_before`` at which the next claim of a turn starts to read the index.

    Rows deleted by earlier claims stay in the index until vacuum; to skip a million of them takes longer than
    the claim. Rows that become due meanwhile with an earlier time are found by the next turn, which starts at
    the beginning.
    """

    live: datetime | None = None
    backlog: datetime | None = None


def claim(
    *, operator: str, lease: UUID, limit: int, seconds: int, position: Position | None = None
) -> list[Claimed]:
    """By ascending subject. One claim at a time for each operator, so that no two pick the same rows."""
    position = position or Position()
    parameters: dict[str, Any] = {
        "operator": operator,
        "lease": lease,
        "limit": limit,
        "seconds": seconds,
        "live_from": position.live,
        "backlog_from": position.backlog,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        limit_idle_to_lease()
        locks.lock(locks.LockName.CLAIM_DELIVERIES, operator, timeout=None)
        cursor.execute(RECLAIM_EXPIRED, parameters)
        cursor.execute(CLAIM, parameters)
        count, live, backlog = cursor.fetchone()
        if not count:
            return []
        position.live, position.backlog = live or position.live, backlog or position.backlog
        cursor.execute(CLAIMED, parameters)
        rows = list(map(Claimed._make, cursor.fetchall()))
    rows.sort(key=lambda row: row.subject_id)
    return rows


def limit_idle_to_lease() -> None:
    """A process that is stopped between two statements keeps its row locks no longer than its lease."""
    locks.limit_idle(f"{settings.EXCHANGE_LEASE_SECONDS}s")


def renew(*, leases: Sequence[UUID], seconds: int) -> None:
    """Called by a live worker whose operator is slow to answer."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE exchange_lease SET until = statement_timestamp() + %s * interval '1 second' "
            "WHERE id = ANY(%s)",
            [seconds, list(leases)],
        )

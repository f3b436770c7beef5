"""What the ledger wants: the set-based statements that make entries due. ``leases`` is their counterpart.

Rows are locked in the order of operator and subject by every statement here and there, so that none waits for
another in a circle.
"""

from collections.abc import Collection, Iterable, Sequence

from django.db import connection

from dsp_platform.arrays import array

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
), changed AS (
    INSERT INTO exchange_ledgerentry AS entry (
        operator_id, kind, subject_id, agreement_id, wanted_version, delivered_version, revision,
        delivered_revision, may_hold, state, reason, attempts, announced_at
    )
    SELECT operator_id, %(kind)s, subject_id, agreement_id, version, 0, nextval('exchange_revision'),
        0, false, 'due', '', 0, now()
    FROM wanted JOIN incoming USING (subject_id)
    ORDER BY operator_id, subject_id
    ON CONFLICT (operator_id, kind, subject_id) DO UPDATE SET
        wanted_version = greatest(entry.wanted_version, excluded.wanted_version),
        agreement_id = excluded.agreement_id,
        -- Drawn now, with the row locked: the number drawn above may be older than the row's own.
        revision = nextval('exchange_revision'),
        state = 'due',
        reason = '',
        attempts = 0,
        announced_at = CASE WHEN entry.state = 'due' THEN entry.announced_at ELSE now() END
    WHERE NOT (entry.state = 'withdrawn' AND excluded.agreement_id IS NULL)
        AND (
            excluded.wanted_version > entry.wanted_version
            OR excluded.agreement_id IS DISTINCT FROM entry.agreement_id
        )
    RETURNING id, operator_id
), noted AS (
    INSERT INTO exchange_outstanding AS waiting (entry_id, operator_id, backlog, held, not_before, since)
    SELECT id, operator_id, %(backlog)s, false, now(), now() FROM changed
    ON CONFLICT (entry_id) DO UPDATE SET
        backlog = waiting.backlog AND excluded.backlog,
        held = false,
        not_before = now(),
        since = CASE WHEN waiting.held THEN now() ELSE waiting.since END
)
SELECT DISTINCT operator_id FROM changed
"""


def upsert(
    *,
    kind: str,
    subjects: Sequence[tuple[int, int]],
    concerned: Iterable[tuple[str, int, int]],
    only: Collection[str] | None = None,
    backlog: bool = False,
) -> set[str]:
    """``concerned`` holds (operator, agreement, subject). Returns the operators that now have work."""
    entitled = list(concerned)
    with connection.cursor() as cursor:
        cursor.execute(
            UPSERT,
            {
                "kind": kind,
                "subjects": array(subject for subject, _version in subjects),
                "versions": array(version for _subject, version in subjects),
                "operators": array(operator for operator, _agreement, _subject in entitled),
                "agreements": array(agreement for _operator, agreement, _subject in entitled),
                "concerned": array(subject for _operator, _agreement, subject in entitled),
                "only": None if only is None else list(only),
                "backlog": backlog,
            },
        )
        return {operator for (operator,) in cursor.fetchall()}


# What was never delivered and cannot have been is settled at once; the rest is due for a withdrawal.
WANT_NOTHING = """
WITH flying AS (
    SELECT unnest(entries) AS id FROM exchange_lease WHERE operator_id = %(operator)s
), page AS MATERIALIZED (
    SELECT id, subject_id FROM exchange_ledgerentry
    WHERE operator_id = %(operator)s AND kind = %(kind)s AND subject_id > %(after)s AND state <> 'withdrawn'
    ORDER BY subject_id LIMIT %(limit)s FOR UPDATE
), changed AS (
    UPDATE exchange_ledgerentry AS entry SET
        agreement_id = NULL,
        revision = nextval('exchange_revision'),
        state = CASE WHEN may_hold OR id IN (SELECT id FROM flying) THEN 'due' ELSE 'withdrawn' END,
        reason = CASE WHEN may_hold OR id IN (SELECT id FROM flying) THEN '' ELSE 'not_concerned' END,
        attempts = 0, announced_at = now()
    WHERE id IN (SELECT id FROM page) AND NOT (state = 'due' AND agreement_id IS NULL)
    RETURNING id, operator_id, state
), settled AS (
    DELETE FROM exchange_outstanding WHERE entry_id IN (SELECT id FROM changed WHERE state = 'withdrawn')
), noted AS (
    INSERT INTO exchange_outstanding (entry_id, operator_id, backlog, held, not_before, since)
    SELECT id, operator_id, false, false, now(), now() FROM changed WHERE state = 'due'
    ON CONFLICT (entry_id) DO UPDATE SET backlog = false, held = false, not_before = now(), since = now()
)
SELECT count(*), max(subject_id) FROM page
"""


def want_nothing(*, operator: str, kind: str, after: int, limit: int) -> tuple[int, int | None]:
    """The operator may hold nothing of this kind any more, of the next ``limit`` subjects it was wanted for.

    Returns how many there were, and after whom to go on; None when that was all.
    """
    with connection.cursor() as cursor:
        cursor.execute(WANT_NOTHING, {"operator": operator, "kind": kind, "after": after, "limit": limit})
        (count, last) = cursor.fetchone()
    return count, last if count == limit else None


# Under a new number, so that it beats whatever the operator may hold instead.
REPEAT = """
WITH changed AS (
    UPDATE exchange_ledgerentry SET
        revision = nextval('exchange_revision'), state = 'due', reason = '', attempts = 0,
        announced_at = now(), may_hold = true
    WHERE id = ANY(%(entries)s::bigint[]) AND state IN ('delivered', 'withdrawn') AND delivered_revision > 0
    RETURNING id, operator_id
)
INSERT INTO exchange_outstanding (entry_id, operator_id, backlog, held, not_before, since)
SELECT id, operator_id, %(backlog)s, false, now(), now() FROM changed
ON CONFLICT (entry_id) DO NOTHING
"""


def repeat(entries: Iterable[int], *, backlog: bool = True) -> int:
    """Deliver again what is settled: the operator turned out not to hold it. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(REPEAT, {"entries": array(entries), "backlog": backlog})
        return cursor.rowcount


# Under a new number too, and as something to be withdrawn if it may not be held. No version is wanted: the
# record is built when it is sent, and the next one announced is newer.
SUPPOSE = """
WITH changed AS (
    INSERT INTO exchange_ledgerentry AS entry (
        operator_id, kind, subject_id, agreement_id, wanted_version, delivered_version, revision,
        delivered_revision, may_hold, state, reason, attempts, announced_at
    )
    SELECT %(operator)s, %(kind)s, subject_id, NULL, 0, 0, nextval('exchange_revision'),
        0, true, 'due', '', 0, now()
    FROM unnest(%(subjects)s::bigint[]) AS given (subject_id)
    ORDER BY subject_id
    ON CONFLICT (operator_id, kind, subject_id) DO UPDATE SET
        revision = nextval('exchange_revision'), state = 'due', reason = '', attempts = 0,
        announced_at = now(), may_hold = true
    WHERE entry.state IN ('delivered', 'withdrawn')
    RETURNING id, operator_id
)
INSERT INTO exchange_outstanding (entry_id, operator_id, backlog, held, not_before, since)
SELECT id, operator_id, true, false, now(), now() FROM changed
ON CONFLICT (entry_id) DO NOTHING
"""


def suppose(*, operator: str, kind: str, subjects: Iterable[int]) -> int:
    """The operator turned out to hold a copy of these that the ledger did not know of. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(SUPPOSE, {"operator": operator, "kind": kind, "subjects": array(subjects)})
        return cursor.rowcount


RETRY = """
WITH changed AS (
    UPDATE exchange_ledgerentry SET state = 'due', reason = '', attempts = 0
    WHERE id = ANY(%(entries)s::bigint[]) AND state IN ('due', 'held')
        AND id NOT IN (SELECT unnest(entries) FROM exchange_lease)
    RETURNING id
)
UPDATE exchange_outstanding SET held = false, not_before = now() FROM changed WHERE entry_id = changed.id
RETURNING operator_id
"""


def retry(entries: Iterable[int]) -> list[str]:
    """Try again now what is held or waiting and in nobody's hands: the operator of each such entry."""
    with connection.cursor() as cursor:
        cursor.execute(RETRY, {"entries": array(entries)})
        return [operator for (operator,) in cursor.fetchall()]

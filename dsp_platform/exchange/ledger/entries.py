"""The set-based statements that make entries due; ``delivery.leases`` claims them.

Every statement here and there locks rows in the order of operator and subject: a consistent lock order
avoids deadlocks.
"""

from collections.abc import Collection, Iterable, Sequence

from django.db import connection

from dsp_platform.database.arrays import array

# An entry becomes due when the subject has a new version, or when its agreement changed: another one, none
# any more, one again. A withdrawn entry without an agreement stays withdrawn.
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
        delivered_revision, may_have_copy, state, reason, attempts, announced_at
    )
    SELECT operator_id, %(kind)s, subject_id, agreement_id, version, 0, nextval('exchange_revision'),
        0, false, 'due', '', 0, now()
    FROM wanted JOIN incoming USING (subject_id)
    ORDER BY operator_id, subject_id
    ON CONFLICT (operator_id, kind, subject_id) DO UPDATE SET
        wanted_version = greatest(entry.wanted_version, excluded.wanted_version),
        agreement_id = excluded.agreement_id,
        -- Drawn again, with the row locked: the number drawn above may be lower than the row's own.
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
    """``concerned`` has (operator, agreement, subject). Returns the operators that now have work."""
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


# What cannot have been delivered is settled at once; the rest is due for a withdrawal.
WITHDRAW_PAGE = """
WITH in_flight AS (
    SELECT unnest(entries) AS id FROM exchange_lease WHERE operator_id = %(operator)s
), page AS MATERIALIZED (
    SELECT id, subject_id FROM exchange_ledgerentry
    WHERE operator_id = %(operator)s AND kind = %(kind)s AND subject_id > %(after)s AND state <> 'withdrawn'
    ORDER BY subject_id LIMIT %(limit)s FOR UPDATE
), changed AS (
    UPDATE exchange_ledgerentry AS entry SET
        agreement_id = NULL,
        revision = nextval('exchange_revision'),
        state = CASE WHEN may_have_copy OR id IN (SELECT id FROM in_flight) THEN 'due' ELSE 'withdrawn' END,
        reason = CASE WHEN may_have_copy OR id IN (SELECT id FROM in_flight) THEN '' ELSE 'not_concerned' END,
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


def withdraw_page(*, operator: str, kind: str, after: int, limit: int) -> tuple[int, int | None]:
    """Withdraw the next ``limit`` subjects of this kind from the operator.

    Returns how many there were, and the last of them; None when there are no more.
    """
    with connection.cursor() as cursor:
        cursor.execute(WITHDRAW_PAGE, {"operator": operator, "kind": kind, "after": after, "limit": limit})
        (count, last) = cursor.fetchone()
    return count, last if count == limit else None


# Under a new revision, which is higher than that of any copy the operator may have instead.
REPEAT = """
WITH changed AS (
    UPDATE exchange_ledgerentry SET
        revision = nextval('exchange_revision'), state = 'due', reason = '', attempts = 0,
        announced_at = now(), may_have_copy = true
    WHERE id = ANY(%(entries)s::bigint[]) AND state IN ('delivered', 'withdrawn') AND delivered_revision > 0
    RETURNING id, operator_id
)
INSERT INTO exchange_outstanding (entry_id, operator_id, backlog, held, not_before, since)
SELECT id, operator_id, %(backlog)s, false, now(), now() FROM changed
ON CONFLICT (entry_id) DO NOTHING
"""


def repeat(entries: Iterable[int], *, backlog: bool = True) -> int:
    """Deliver settled entries again, because the operator does not have them. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(REPEAT, {"entries": array(entries), "backlog": backlog})
        return cursor.rowcount


# Under a new revision too, without an agreement: it is withdrawn unless an agreement concerns it. No version
# is wanted: the record is built when it is sent, and the next one announced is newer.
ADOPT_UNKNOWN = """
WITH changed AS (
    INSERT INTO exchange_ledgerentry AS entry (
        operator_id, kind, subject_id, agreement_id, wanted_version, delivered_version, revision,
        delivered_revision, may_have_copy, state, reason, attempts, announced_at
    )
    SELECT %(operator)s, %(kind)s, subject_id, NULL, 0, 0, nextval('exchange_revision'),
        0, true, 'due', '', 0, now()
    FROM unnest(%(subjects)s::bigint[]) AS given (subject_id)
    ORDER BY subject_id
    ON CONFLICT (operator_id, kind, subject_id) DO UPDATE SET
        revision = nextval('exchange_revision'), state = 'due', reason = '', attempts = 0,
        announced_at = now(), may_have_copy = true
    WHERE entry.state IN ('delivered', 'withdrawn')
    RETURNING id, operator_id
)
INSERT INTO exchange_outstanding (entry_id, operator_id, backlog, held, not_before, since)
SELECT id, operator_id, true, false, now(), now() FROM changed
ON CONFLICT (entry_id) DO NOTHING
"""


def adopt_unknown(*, operator: str, kind: str, subjects: Iterable[int]) -> int:
    """The operator has a copy of these that the ledger did not know of. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(ADOPT_UNKNOWN, {"operator": operator, "kind": kind, "subjects": array(subjects)})
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
    """Try again now what is held or waiting and not in flight: the operator of each such entry."""
    with connection.cursor() as cursor:
        cursor.execute(RETRY, {"entries": array(entries)})
        return [operator for (operator,) in cursor.fetchall()]

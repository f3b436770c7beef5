"""The statements of the delivery ledger. Each is set-based: one statement for any number of rows.

Times are the database's own, so that machines whose clocks differ agree on leases.
"""

from collections.abc import Collection, Iterable, Sequence

from django.db import connection

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
                "subjects": [subject for subject, _version in subjects],
                "versions": [version for _subject, version in subjects],
                "operators": [operator for operator, _agreement, _subject in entitled],
                "agreements": [agreement for _operator, agreement, _subject in entitled],
                "concerned": [subject for _operator, _agreement, subject in entitled],
                "only": None if only is None else list(only),
            },
        )
        return {operator for (operator,) in cursor.fetchall()}

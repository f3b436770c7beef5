"""Numbers of documents that the file gives to two people: nobody knows whose they are, so nobody gets them.
Found once all rows were compared and told apart."""

import json
from collections import defaultdict
from typing import Any

from django.db import connection

from dsp_platform.database.arrays import array, numbers_in, text_array
from registry.imports.comparing.comparing import rows_to_compare
from registry.imports.comparing.outcomes import outcome_by
from registry.imports.planning.documents import without_types
from registry.models import IS_NEWCOMER, IdentityDocument, ImportRun

CODE = "number_given_twice"
NOTED: list[Any] = [CODE, "", {}]
GIVEN_TWICE = """
WITH filled AS MATERIALIZED (
    SELECT row.number, row.person_id, document ->> 0 AS type, document ->> 2 AS digest
    FROM registry_stagedrow AS row CROSS JOIN LATERAL jsonb_array_elements(row.documents) AS document
    WHERE row.run_id = %(run)s AND row.findings @> '[["fills", "document_number"]]'
        AND document ->> 0 <> ALL (%(shared)s::text[])
)
SELECT DISTINCT filled.number, filled.type
FROM registry_stagedrow AS row CROSS JOIN LATERAL jsonb_array_elements(row.documents) AS document
JOIN filled ON filled.digest = document ->> 2 AND filled.person_id IS DISTINCT FROM row.person_id
WHERE row.run_id = %(run)s AND row.outcome <> 'refused' AND row.documents <> '[]'
    AND EXISTS (SELECT FROM filled)
"""
# Of who comes in. Whose a later row is, its earlier one tells.
NEWCOMERS = f"""
WITH given AS (
    SELECT row.number, document ->> 0 AS type, document ->> 2 AS digest, {IS_NEWCOMER} AS is_newcomer,
        coalesce(row.person_id, first.person_id, -coalesce(row.same_row, row.number)) AS who
    FROM registry_stagedrow AS row CROSS JOIN LATERAL jsonb_array_elements(row.documents) AS document
    LEFT JOIN registry_stagedrow AS first ON first.run_id = row.run_id AND first.number = row.same_row
    WHERE row.run_id = %(run)s AND row.outcome <> 'refused' AND row.documents <> '[]'
        AND document ->> 0 <> ALL (%(shared)s::text[])
), twice AS (
    SELECT number, jsonb_agg(DISTINCT type) AS types
    FROM given JOIN (
        SELECT digest FROM given GROUP BY digest HAVING min(who) <> max(who)
    ) AS several USING (digest)
    WHERE is_newcomer GROUP BY number
)
UPDATE registry_stagedrow AS row SET findings = row.findings || jsonb_build_array(
    jsonb_build_array('{CODE}', '', jsonb_build_object('types', twice.types))
)
FROM twice WHERE row.run_id = %(run)s AND row.number = twice.number
"""  # noqa: S608
WRITE = """
UPDATE registry_stagedrow AS row SET outcome = given.outcome, findings = given.findings::jsonb
FROM unnest(%(numbers)s::int[], %(outcomes)s::text[], %(findings)s::text[])
    AS given (number, outcome, findings)
WHERE row.run_id = %(run)s AND row.number = given.number
"""


def leave_out_given_twice(run: ImportRun) -> None:
    types: dict[int, set[str]] = defaultdict(set)
    with connection.cursor() as cursor:
        asked: dict[str, Any] = {"run": run.pk, "shared": array(IdentityDocument.SHARED_TYPES)}
        cursor.execute(NEWCOMERS, asked)
        cursor.execute(GIVEN_TWICE, asked)
        for number, kind in cursor.fetchall():
            types[number].add(kind)
        if not types:
            return
        rows = rows_to_compare(run.pk).filter(number__in=numbers_in(types))
        told = [(row, without_types(row.findings, types[row.number])) for row in rows]
        parameters = {
            "numbers": array(row.number for row, _left in told),
            "outcomes": array(outcome_by(row.outcome, left) for row, left in told),
            "findings": text_array(json.dumps([*left, NOTED]) for _row, left in told),
        }
        cursor.execute(WRITE, {"run": run.pk, **parameters})

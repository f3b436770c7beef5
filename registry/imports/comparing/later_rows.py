"""Rows of somebody of whom an earlier row of the file is too: told apart, once all rows were compared."""

import json
from collections.abc import Collection, Iterable
from typing import Any

from django.db import connection

from dsp_platform.database.arrays import array, numbers_in, text_array
from registry.imports.comparing.comparing import BATCH, rows_to_compare
from registry.imports.planning.twice import findings_of_later
from registry.models import ImportRun

# By one person of the registry, or by the row that becomes them.
LATER = """
SELECT number, same_row FROM registry_stagedrow WHERE run_id = %(run)s AND same_row IS NOT NULL
UNION ALL
SELECT number, first FROM (
    SELECT number, outcome, min(number) OVER (PARTITION BY person_id) AS first
    FROM registry_stagedrow
    WHERE run_id = %(run)s AND outcome IN ('fills', 'conflict', 'agrees', 'known') AND person_id IS NOT NULL
) AS found WHERE number > first AND outcome <> 'known'
ORDER BY 1
"""
WRITE = """
UPDATE registry_stagedrow AS row SET
    outcome = 'twice', same_row = given.first, findings = given.findings::jsonb
FROM unnest(%(numbers)s::int[], %(firsts)s::int[], %(findings)s::text[]) AS given (number, first, findings)
WHERE row.run_id = %(run)s AND row.number = given.number
"""


def tell_apart(run: ImportRun) -> None:
    with connection.cursor() as cursor:
        cursor.execute(LATER, {"run": run.pk})
        found = cursor.fetchall()
        for at in range(0, len(found), BATCH):
            some = dict(found[at : at + BATCH])
            rows = _rows(run.pk, {*some, *some.values()})
            told = {
                number: json.dumps(findings_of_later(rows[first], rows[number]))
                for number, first in some.items()
            }
            parameters = {"numbers": array(some), "firsts": array(some.values())}
            cursor.execute(WRITE, {"run": run.pk, "findings": text_array(told.values()), **parameters})


def earlier_rows(run: int, rows: Iterable[Any]) -> dict[int, Any]:
    """By number, those that tell of the same persons first."""
    return _rows(run, {row.same_row for row in rows if row.same_row})


def _rows(run: int, numbers: Collection[int]) -> dict[int, Any]:
    if not numbers:
        return {}
    return {row.number: row for row in rows_to_compare(run).filter(number__in=numbers_in(numbers))}

"""Rows of somebody of whom an earlier row of the file is too: told apart, once all rows were compared."""

import json
from collections.abc import Collection, Iterable
from typing import Any

from django.db import connection

from dsp_platform.database.arrays import array, numbers_in, text_array
from registry.imports.comparing.comparing import BATCH, Decision, decide, rows_to_compare, write
from registry.imports.planning.twice import findings_of_later
from registry.models import ImportRun, StagedRow

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

OF_REGISTERED = """
SELECT row.number, earlier.person_id FROM registry_stagedrow AS row JOIN registry_stagedrow AS earlier
    ON earlier.run_id = row.run_id AND earlier.number = row.same_row
WHERE row.run_id = %(run)s AND row.outcome = 'twice' AND row.person_id IS NULL
    AND earlier.person_id IS NOT NULL
LIMIT %(most)s
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


def as_later(row: Any, decision: Decision, earlier: Any) -> None:
    """``decision``: on the row by itself, as it was compared once more."""
    if decision.outcome in StagedRow.OF_SOMEBODY:
        decision.outcome, decision.same_row = StagedRow.Outcome.TWICE, row.same_row
        decision.findings = findings_of_later(earlier, row._replace(findings=decision.findings))


def compare_of_registered(run: ImportRun) -> None:
    """Later rows of newcomers who are registered by now: what they would write is told of somebody
    registered. The earlier rows were compared once more."""
    with connection.cursor() as cursor:
        while True:
            cursor.execute(OF_REGISTERED, {"run": run.pk, "most": BATCH})
            persons = dict(cursor.fetchall())
            if not persons:
                break
            rows = list(rows_to_compare(run.pk, "same_row").filter(number__in=numbers_in(persons)))
            first = earlier_rows(run.pk, rows)
            decided = decide(run, rows, within=False, registered=persons)
            for row in rows:
                as_later(row, decided[row.number], first[row.same_row])
                decided[row.number].findings = [
                    each for each in decided[row.number].findings if each not in row.findings
                ]
            write(run, decided)


def earlier_rows(run: int, rows: Iterable[Any]) -> dict[int, Any]:
    """By number, those that tell of the same persons first."""
    return _rows(run, {row.same_row for row in rows if row.same_row})


def _rows(run: int, numbers: Collection[int]) -> dict[int, Any]:
    if not numbers:
        return {}
    return {row.number: row for row in rows_to_compare(run).filter(number__in=numbers_in(numbers))}

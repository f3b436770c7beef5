"""Rows that would write by now what nobody has approved: since the stewards read what the import would do,
somebody of the file was registered, or a record was changed. They are left out and can come with the next
file, which is approved as it is then; where they are too many, the import stops before its first row.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from dsp_platform.database.arrays import array, text_array
from registry.imports.comparing.comparing import Decision
from registry.imports.comparing.foreseen import MOVES_IN, foresee
from registry.imports.comparing.given_twice import NOTED as GIVEN_TWICE
from registry.imports.comparing.given_twice import leave_out_given_twice
from registry.imports.comparing.later_rows import compare_of_registered
from registry.imports.comparing.outcomes import WRITES, outcome_by
from registry.imports.planning.documents import COLUMN as DOCUMENTS
from registry.imports.planning.households import FORESEEN
from registry.models import ImportRun, StagedRow

CODE = "changed_since"
FINDING = [CODE, "", {}]

LEAVE_OUT = """
UPDATE registry_stagedrow AS row SET outcome = 'refused', person_id = NULL, same_row = NULL
WHERE row.run_id = %(run)s AND row.place > %(after)s AND row.place <= %(upto)s
    AND row.outcome <> 'refused' AND row.findings @> %(finding)s::jsonb
RETURNING row.number
"""
# Later rows of the same persons, also of later batches.
FOLLOW = """
UPDATE registry_stagedrow AS row SET
    outcome = 'refused', findings = row.findings || %(finding)s::jsonb, person_id = NULL, same_row = NULL
WHERE row.run_id = %(run)s AND row.same_row = ANY (%(numbers)s::int[])
    AND row.outcome <> 'refused' AND NOT row.applied
RETURNING row.number
"""
FORGET = """
UPDATE registry_stagedrow AS row SET findings = kept.findings
FROM registry_stagedrow AS own CROSS JOIN LATERAL (
    SELECT coalesce(jsonb_agg(finding ORDER BY place), '[]') AS findings
    FROM jsonb_array_elements(own.findings) WITH ORDINALITY AS each (finding, place)
    WHERE finding ->> 0 <> ALL (%(codes)s::text[])
) AS kept
WHERE own.run_id = %(run)s AND row.id = own.id AND row.findings <> kept.findings
"""


def judge(row: Any, decision: Decision) -> None:
    """``decision``: on the row as it was compared once more. Noted there if it goes beyond what was
    approved."""
    comes_in, of_somebody = StagedRow.COMES_IN, StagedRow.OF_SOMEBODY
    if GIVEN_TWICE in row.findings:
        _leave_out(decision, "fills", DOCUMENTS)
    written = [one for one in decision.findings if one[0] in WRITES]
    if (
        (decision.outcome in comes_in and row.outcome not in comes_in)
        or (decision.outcome in of_somebody and row.outcome in comes_in)
        or any(not is_said(one, row.findings) for one in written)
    ):
        decision.findings.append(FINDING)
    elif MOVES_IN not in row.findings:
        _leave_out(decision, "moves_in")


def _leave_out(decision: Decision, code: str, column: str = "") -> None:
    """It was found that this is not written, once the rows had been compared with each other."""
    decision.findings = [one for one in decision.findings if one[:2] != [code, column]]
    decision.outcome = outcome_by(decision.outcome, decision.findings)


def is_said(finding: Sequence[Any], findings: Iterable[Sequence[Any]]) -> bool:
    """Whether it is among them: also of fewer documents."""
    code, column, params = finding
    if "types" not in params:
        return finding in findings
    return any(each[:2] == [code, column] and {*params["types"]} <= {*each[2]["types"]} for each in findings)


def leave_out(run: int, *, after: int = 0, upto: int = 2**31 - 1) -> None:
    """Of rows with a place after ``after``, up to ``upto``."""
    finding = json.dumps([FINDING])
    with connection.cursor() as cursor:
        cursor.execute(LEAVE_OUT, {"run": run, "after": after, "upto": upto, "finding": finding})
        while numbers := [number for (number,) in cursor.fetchall()]:
            cursor.execute(FOLLOW, {"run": run, "numbers": array(numbers), "finding": finding})


def put_to_approval(run: ImportRun) -> None:
    """Nothing is left out: all of it is approved anew, as it is by now."""
    codes = text_array([CODE, "joins", "moves_in_earlier", "not_taken_in", GIVEN_TWICE[0], *FORESEEN])
    with connection.cursor() as cursor:
        cursor.execute(FORGET, {"run": run.pk, "codes": codes})
    compare_of_registered(run)
    leave_out_given_twice(run)
    foresee(run)

"""Findings that come to rows after they were staged."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from dsp_platform.database.arrays import array, text_array

ADD = """
UPDATE registry_stagedrow AS row SET findings = row.findings || given.findings::jsonb
FROM unnest(%(numbers)s::int[], %(findings)s::text[]) AS given (number, findings)
WHERE row.run_id = %(run)s AND row.number = given.number
"""


def add_findings(run: int, findings: Mapping[int, Sequence[Any]]) -> None:
    """By number of the row, as they are stored: code, column, parameters."""
    if not findings:
        return
    texts = text_array(json.dumps(one) for one in findings.values())
    with connection.cursor() as cursor:
        cursor.execute(ADD, {"run": run, "numbers": array(findings), "findings": texts})

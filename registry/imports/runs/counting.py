"""What comparing a file found, counted; and whether a human must look at it before it goes on."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import Count

from registry.imports.runs.terms import terms_of
from registry.imports.sources.trust import trust_of
from registry.models import ImportRun, StagedRow

Outcome = StagedRow.Outcome
MOVES = ("moves_in", "moves_in_earlier")
MOST_VALUES = 20
"""Of one finding in one column: the most frequent values are named, the rest is counted together."""
FINDINGS = """
WITH found AS (
    SELECT finding ->> 0 AS code, finding ->> 1 AS named, (finding -> 2) - 'row' - 'person' AS params,
        count(*) AS rows, min(row.number) AS first
    FROM registry_stagedrow AS row CROSS JOIN LATERAL jsonb_array_elements(row.findings) AS finding
    WHERE row.run_id = %(run)s GROUP BY 1, 2, 3
), ranked AS (
    SELECT *, row_number() OVER (PARTITION BY code, named ORDER BY rows DESC, first) AS place FROM found
)
SELECT code, named, sum(rows)::bigint, min(first), params
FROM (
    SELECT code, named, rows, first, CASE WHEN place <= %(most)s THEN params END AS params FROM ranked
) AS shown
GROUP BY code, named, params ORDER BY 3 DESC, 1, 2, 4
"""


def outcomes_of(run: int) -> dict[str, int]:
    rows = StagedRow.objects.filter(run=run).order_by().values_list("outcome")
    return dict(rows.annotate(rows=Count("pk")))


def findings_of(run: int) -> list[list[Any]]:
    """Code, column, how often, the first row, and the parameters, the most frequent first. Parameters are
    None for those of a code and column that are too many."""
    with connection.cursor() as cursor:
        cursor.execute(FINDINGS, {"run": run, "most": MOST_VALUES})
        return [[*found, params and json.loads(params)] for *found, params in cursor.fetchall()]


def without_values(findings: Iterable[Sequence[Any]]) -> list[list[Any]]:
    """Once for each code and column, without what stood in cells."""
    found: dict[tuple[str, str], list[Any]] = {}
    for code, column, count, first, _params in findings:
        one = found.setdefault((code, column), [code, column, 0, first, None])
        one[2], one[3] = one[2] + count, min(one[3], first)
    return list(found.values())


def settle(run: ImportRun) -> None:
    """Count, and stop where the share of doubles or refusals is above what the source allows."""
    outcomes = outcomes_of(run.pk)
    run.outcomes, run.findings = outcomes, findings_of(run.pk)
    run.state, run.reason = ImportRun.State.READY, {}
    if why := _why_stopped(outcomes, trust_of(terms_of(run).trust).stop_above):
        run.state, run.reason = ImportRun.State.STOPPED, why
    elif not _writes(outcomes, run.findings):
        run.state = ImportRun.State.UNCHANGED
    run.save(update_fields=["outcomes", "findings", "state", "reason"])


def _writes(outcomes: Mapping[str, int], findings: Iterable[Sequence[Any]]) -> bool:
    """Whether anything is new: also who only comes into a household."""
    if any(outcomes.get(name) for name in (*StagedRow.COMES_IN, *StagedRow.OF_SOMEBODY)):
        return True
    return any(code in MOVES for code, *_more in findings)


def _why_stopped(outcomes: Mapping[str, int], most: int) -> dict[str, Any]:
    rows = sum(outcomes.values())
    for outcome in (Outcome.REFUSED, Outcome.LIKELY):
        found = outcomes.get(outcome, 0)
        if 100 * found > most * rows:
            return {
                "code": f"too_many_{outcome}",
                "params": {"share": round(100 * found / rows), "most": most},
            }
    return {}

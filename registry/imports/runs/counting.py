"""What comparing a file found, counted; and whether a human must look at it before it goes on."""

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import Count

from registry.imports.runs.terms import terms_of
from registry.imports.sources.trust import trust_of
from registry.models import ImportRun, StagedRow

Outcome = StagedRow.Outcome
FINDINGS = """
SELECT finding ->> 0, finding ->> 1, count(*), min(row.number)
FROM registry_stagedrow AS row CROSS JOIN LATERAL jsonb_array_elements(row.findings) AS finding
WHERE row.run_id = %s GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
"""


def outcomes_of(run: int) -> dict[str, int]:
    rows = StagedRow.objects.filter(run=run).order_by().values_list("outcome")
    return dict(rows.annotate(rows=Count("pk")))


def findings_of(run: int) -> list[list[Any]]:
    """Code, column, how often, and the first row, the most frequent first."""
    with connection.cursor() as cursor:
        cursor.execute(FINDINGS, [run])
        return [list(row) for row in cursor.fetchall()]


def settle(run: ImportRun) -> None:
    """Count, and stop where the share of doubles or refusals is above what the source allows."""
    outcomes = outcomes_of(run.pk)
    run.outcomes, run.findings = outcomes, findings_of(run.pk)
    run.state, run.reason = ImportRun.State.READY, {}
    if why := _why_stopped(outcomes, trust_of(terms_of(run).trust).stop_above):
        run.state, run.reason = ImportRun.State.STOPPED, why
    elif not any(outcomes.get(name) for name in (*StagedRow.COMES_IN, *StagedRow.OF_SOMEBODY)):
        run.state = ImportRun.State.UNCHANGED
    run.save(update_fields=["outcomes", "findings", "state", "reason"])


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

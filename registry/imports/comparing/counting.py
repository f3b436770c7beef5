"""What comparing a file found, counted; and whether a human must look at it before it goes on."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import Count

from registry.imports.comparing import since
from registry.imports.sources.terms import terms_of
from registry.imports.sources.trust import trust_of
from registry.models import ImportRun, StagedRow

Outcome = StagedRow.Outcome
LIMITED = (Outcome.REFUSED.value, Outcome.LIKELY.value)
"""Of which the source says how many there may be."""
MOVES = ("joins", "moves_in", "moves_in_earlier")
"""Somebody comes into a household that is registered, or somebody registered into one."""
MOST_VALUES = 20
"""Of one finding in one column: the most frequent values are named, the rest is counted together."""
FINDINGS = """
WITH found AS (
    SELECT finding ->> 0 AS code, finding ->> 1 AS named,
        (finding -> 2) - '{row,person,types}'::text[] AS params, count(*) AS rows, min(row.number) AS first
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
    run.outcomes, run.findings = outcomes_of(run.pk), findings_of(run.pk)
    run.state, run.reason = ImportRun.State.READY, {}
    if why := _why_stopped(run, {}):
        run.state, run.reason = ImportRun.State.STOPPED, why
    elif not _writes(run.outcomes, run.findings):
        run.state = ImportRun.State.UNCHANGED
    run.save(update_fields=["outcomes", "findings", "state", "reason"])


def _writes(outcomes: Mapping[str, int], findings: Iterable[Sequence[Any]]) -> bool:
    """Whether anything is new: also who only comes into a household."""
    if any(outcomes.get(name) for name in (*StagedRow.COMES_IN, *StagedRow.OF_SOMEBODY)):
        return True
    return any(code in MOVES for code, *_more in findings)


def stops_again(run: ImportRun) -> bool:
    """Before the first row is written: the registry may have changed since the file was compared. What a
    steward let go on does not stop it once more, unless it is more by now. Otherwise rows that would write
    what nobody has approved are left out."""
    run.outcomes, run.findings = outcomes_of(run.pk), findings_of(run.pk)
    fields = ["outcomes", "findings"]
    beyond = sum(rows for code, _column, rows, *_more in run.findings if code == since.CODE)
    why = _why_stopped(run, run.reason.get("shares", {}), beyond)
    if beyond:
        if why:
            since.put_to_approval(run)
        else:
            since.leave_out(run.pk)
        run.outcomes, run.findings = outcomes_of(run.pk), findings_of(run.pk)
    if why:
        shares = _shares(run.outcomes)
        run.state, run.reason = ImportRun.State.STOPPED, {**why, "shares": shares, "again": True}
        run.continued_by = run.approved_by = None
        fields += ["state", "reason", "continued_by", "approved_by"]
    run.save(update_fields=fields)
    return bool(why)


def _why_stopped(run: ImportRun, seen: Mapping[str, float], beyond: int = 0) -> dict[str, Any]:
    """``seen``: by outcome, the share that a steward has seen. ``beyond``: how many more rows would be left
    out."""
    most, shares = trust_of(terms_of(run).trust).stop_above, _shares(run.outcomes)
    found = {f"too_many_{name}": (share, seen.get(name, 0)) for name, share in shares.items()}
    if beyond:
        left_out = run.outcomes.get(Outcome.REFUSED, 0) + beyond
        share = 100 * left_out / sum(run.outcomes.values())
        found["too_many_since"] = share, seen.get(Outcome.REFUSED, 0)
    for code, (share, known) in found.items():
        if share > max(most, known):
            return {"code": code, "params": {"share": round(share), "most": most}, "shares": shares}
    return {}


def _shares(outcomes: Mapping[str, int]) -> dict[str, float]:
    rows = sum(outcomes.values())
    return {name: 100 * outcomes.get(name, 0) / rows for name in LIMITED} if rows else {}

"""Who of earlier files would come into a household with this one: they waited for its head, or could not live
there before. Found by the plan by which it is written, so that preview and proposal say it."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import connection

from dsp_platform.database.arrays import array, numbers_in, text_array, texts_in
from registry.imports.planning.earlier_files import waiting
from registry.imports.planning.filling import Beliefs, beliefs_of
from registry.imports.planning.households import by_household, known_of, planned
from registry.imports.staging.members import misfits
from registry.models import ImportRun, SourceRecord, StagedRow

PAGE = 10_000
COLUMNS = (
    "number", "outcome", "person_id", "same_row", "household", "relationship", "family_name", "village",
    "address", "poverty_level", "poverty_valid_to", "doubles", "findings",
)  # fmt: skip
Outcome = StagedRow.Outcome
MOVES_IN = ["moves_in", "", {}]
WRITE = """
UPDATE registry_stagedrow AS row SET findings = row.findings || given.findings::jsonb
FROM unnest(%(numbers)s::int[], %(findings)s::text[]) AS given (number, findings)
WHERE row.run_id = %(run)s AND row.number = given.number
"""
# Found when the row was compared by itself. Where nothing else is written, it says what is on record.
STAYS = """
UPDATE registry_stagedrow AS row SET findings = stays.findings, outcome = CASE
    WHEN row.outcome <> 'fills' OR stays.findings @> '[["fills"]]' OR stays.findings @> '[["enrols"]]'
    THEN row.outcome ELSE 'agrees' END
FROM unnest(%(numbers)s::int[]) AS given (number) CROSS JOIN LATERAL (
    SELECT coalesce(jsonb_agg(finding), '[]') AS findings
    FROM registry_stagedrow AS own CROSS JOIN LATERAL jsonb_array_elements(own.findings) AS finding
    WHERE own.run_id = %(run)s AND own.number = given.number AND finding <> %(finding)s::jsonb
) AS stays
WHERE row.run_id = %(run)s AND row.number = given.number
"""


def foresee(run: ImportRun) -> None:
    """After all rows were compared. Noted in the row of each, or in the first of the household."""
    if not SourceRecord.objects.filter(source=run.source_id).exists():
        return
    named, last = StagedRow.objects.filter(run=run).order_by("household"), ""
    while page := list(
        named.filter(household__gt=last).values_list("household", flat=True).distinct()[:PAGE]
    ):
        if waits := waiting(run.source_id, page, run.pk):
            _note(run, waits.keys(), beliefs_of(run))
        last = page[-1]


def _note(run: ImportRun, households: Collection[str], beliefs: Beliefs) -> None:
    of_households = StagedRow.objects.filter(run=run, household__in=texts_in(households))
    rows = _with_persons(
        run, list(of_households.order_by("place", "number").values_list(*COLUMNS, named=True))
    )
    present = by_household([row for row in rows if row.outcome != Outcome.REFUSED])
    waits, moving = _planned(run, rows, present, households, beliefs)
    found: dict[int, list[list[Any]]] = defaultdict(list)
    for household, members in present.items():
        own = {row.person_id: row for row in reversed(members)}
        for person in waits.get(household, ()):
            moves, row = person in moving, own.get(person)
            if row is None and moves:
                found[members[0].number].append(["moves_in_earlier", "", {"person": person}])
            elif row and moves and MOVES_IN not in row.findings:
                found[row.number].append(MOVES_IN)
    stays = [
        row.number
        for household, members in present.items()
        for row in members
        if MOVES_IN in row.findings
        and row.person_id in waits.get(household, ())
        and row.person_id not in moving
    ]
    with connection.cursor() as cursor:
        findings = text_array(json.dumps(one) for one in found.values())
        cursor.execute(WRITE, {"run": run.pk, "numbers": array(found), "findings": findings})
        cursor.execute(STAYS, {"run": run.pk, "numbers": array(stays), "finding": json.dumps(MOVES_IN)})


def _with_persons(run: ImportRun, rows: Sequence[Any]) -> list[Any]:
    """Whoever would be new is named by the number of the row, below zero."""
    same = {row.same_row for row in rows if row.same_row}
    earlier = StagedRow.objects.filter(run=run, number__in=numbers_in(same))
    persons = {number: person or -number for number, person in earlier.values_list("number", "person")}
    return [row._replace(person_id=row.person_id or persons.get(row.same_row, -row.number)) for row in rows]


def _planned(
    run: ImportRun,
    rows: Sequence[Any],
    present: Mapping[str, Sequence[Any]],
    households: Collection[str],
    beliefs: Beliefs,
) -> tuple[Mapping[str, Collection[int]], Collection[int]]:
    """By number of the household, who waits for it; and who would move."""
    new = {row.person_id for row in rows if row.person_id < 0}
    known = known_of(rows, households, run.source_id, new, run.pk)
    alike = {**known.alike}
    for row in rows:
        for double in row.doubles:
            other = double.get("person") or -double["row"]
            for one, another in ((row.person_id, other), (other, row.person_id)):
                alike[one] = {*alike.get(one, ()), another}
    plan = planned(present, replace(known, alike=alike), beliefs)
    left_out = misfits(plan.moving) if plan.moving else {}
    moving = {person for _home, person, _how in (*plan.moving, *plan.moving_new)} - left_out.keys()
    waits = {household: [one.person for one in some] for household, some in known.waiting.items()}
    return waits, moving

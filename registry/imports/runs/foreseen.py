"""Who of earlier files would come into a household with this one: they waited for its head, or could not live
there before. Found by the plan by which it is written, so that preview and proposal say it."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import connection

from dsp_platform.database.arrays import array, numbers_in, text_array, texts_in
from registry.imports.runs.earlier_files import waiting
from registry.imports.runs.filling import Beliefs, beliefs_of
from registry.imports.runs.households import misfits
from registry.imports.runs.planning import by_household, known_of, planned
from registry.models import ImportRun, SourceRecord, StagedRow

PAGE = 10_000
COLUMNS = (
    "number", "outcome", "person_id", "same_row", "household", "relationship", "family_name", "village",
    "address", "poverty_level", "poverty_valid_to", "doubles",
)  # fmt: skip
Outcome = StagedRow.Outcome
WRITE = """
UPDATE registry_stagedrow AS row SET findings = row.findings || given.findings::jsonb
FROM unnest(%(numbers)s::int[], %(findings)s::text[]) AS given (number, findings)
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
    rows = list(of_households.order_by("place", "number").values_list(*COLUMNS, named=True))
    rows = _with_persons(run, rows)
    found: dict[int, list[list[Any]]] = defaultdict(list)
    present = by_household([row for row in rows if row.outcome != Outcome.REFUSED])
    for person, household in _moving(run, rows, present, households, beliefs):
        own = [row for row in present[household] if row.person_id == person]
        if not own:
            found[present[household][0].number].append(["moves_in_earlier", "", {"person": person}])
        elif own[0].outcome == Outcome.KNOWN:  # of the others it was found when they were compared
            found[own[0].number].append(["moves_in", "", {}])
    with connection.cursor() as cursor:
        findings = text_array(json.dumps(one) for one in found.values())
        cursor.execute(WRITE, {"run": run.pk, "numbers": array(found), "findings": findings})


def _with_persons(run: ImportRun, rows: Sequence[Any]) -> list[Any]:
    """Whoever would be new is named by the number of the row, below zero."""
    same = {row.same_row for row in rows if row.same_row}
    earlier = StagedRow.objects.filter(run=run, number__in=numbers_in(same))
    persons = {number: person or -number for number, person in earlier.values_list("number", "person")}
    return [row._replace(person_id=row.person_id or persons.get(row.same_row, -row.number)) for row in rows]


def _moving(
    run: ImportRun,
    rows: Sequence[Any],
    present: Mapping[str, Sequence[Any]],
    households: Collection[str],
    beliefs: Beliefs,
) -> list[tuple[int, str]]:
    """Who waits and would move, and the number of the household."""
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
    return [
        (one.person, household)
        for household, some in known.waiting.items()
        if household in present
        for one in some
        if one.person in moving
    ]

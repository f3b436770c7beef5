"""Newcomers who would come into a household that is registered, and whoever of earlier files waited for the
head of a household, or could not live there before. Found by the plan by which it is written, so that preview
and proposal say it; nobody else is placed."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from django.db import connection

from dsp_platform.database.arrays import array, numbers_in, text_array, texts_in
from registry.imports.planning.earlier_files import waiting
from registry.imports.planning.filling import Beliefs, beliefs_of, born_of
from registry.imports.planning.households import HAS_ACCOUNT, HEAD, by_household, known_of, planned
from registry.imports.staging.members import misfits
from registry.imports.staging.noted import add_findings
from registry.models import ImportRun, Membership, StagedRow
from registry.plausibility.situation import Member

PAGE = 10_000
COLUMNS = (
    "number", "outcome", "person_id", "same_row", "household", "relationship", "family_name", "given_name",
    "sex", "date_of_birth", "birth_precision", "village", "address", "poverty_level", "poverty_valid_to",
    "doubles", "findings",
)  # fmt: skip
Outcome = StagedRow.Outcome
MOVES_IN = ["moves_in", "", {}]
# Households that have somebody to come in, and a head who is registered; and those into which somebody
# registered would come, as their rows were compared by themselves. Each looked up by itself.
ENTERED = """
SELECT given.household FROM unnest(%(households)s::text[]) AS given (household)
WHERE (
    SELECT true FROM registry_stagedrow AS row
    WHERE row.run_id = %(run)s AND row.household = given.household AND row.relationship NOT IN ('', 'head')
        AND row.outcome IN ('new', 'likely', 'twice')
    LIMIT 1
) AND (
    (
        SELECT true FROM registry_stagedrow AS row
        WHERE row.run_id = %(run)s AND row.household = given.household AND row.relationship = 'head'
            AND row.outcome <> 'refused' AND (row.person_id IS NOT NULL OR row.same_row IS NOT NULL)
        LIMIT 1
    ) OR (
        SELECT true FROM registry_sourcerecord AS head
        WHERE head.source_id = %(source)s AND head.household = given.household AND head.household <> ''
            AND head.relationship = 'head'
        LIMIT 1
    )
) OR (
    SELECT true FROM registry_stagedrow AS row
    WHERE row.run_id = %(run)s AND row.household = given.household AND row.findings @> '[["moves_in"]]'
    LIMIT 1
)
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
    named, last = StagedRow.objects.filter(run=run).order_by("household"), ""
    while page := list(
        named.filter(household__gt=last).values_list("household", flat=True).distinct()[:PAGE]
    ):
        if found := {*waiting(run.source_id, page, run.pk), *_entered(run, page)}:
            _note(run, found, beliefs_of(run))
        last = page[-1]


def _entered(run: ImportRun, households: Collection[str]) -> Iterator[str]:
    parameters: dict[str, Any] = {
        "run": run.pk,
        "source": run.source_id,
        "households": text_array(households),
    }
    with connection.cursor() as cursor:
        cursor.execute(ENTERED, parameters)
        yield from (household for (household,) in cursor.fetchall())


def _note(run: ImportRun, households: Collection[str], beliefs: Beliefs) -> None:
    of_households = StagedRow.objects.filter(run=run, household__in=texts_in(households))
    rows = _with_persons(
        run, list(of_households.order_by("place", "number").values_list(*COLUMNS, named=True))
    )
    present = by_household([row for row in rows if row.outcome != Outcome.REFUSED])
    foreseen = _planned(run, rows, present, households, beliefs)
    found: dict[int, list[list[Any]]] = defaultdict(list)
    stays: list[int] = []
    for household, members in present.items():
        waits = foreseen.waits.get(household, ())
        own = {row.person_id: row for row in reversed(members)}
        earlier = sorted(foreseen.moving.intersection(waits) - own.keys())
        if earlier:
            found[members[0].number] += [["moves_in_earlier", "", {"person": person}] for person in earlier]
        for person, row in own.items():
            if head := foreseen.joining.get(person):
                found[row.number].append(["joins", "", {"person": head}])
            elif rule := foreseen.left_out.get(person):
                found[row.number].append(["not_taken_in", "", {"rule": rule}])
            elif person in foreseen.stay:
                found[row.number].append([HAS_ACCOUNT, "", {}])
            elif person in foreseen.moving and MOVES_IN not in row.findings:
                found[row.number].append(MOVES_IN)
        stays += [
            row.number
            for row in members
            if MOVES_IN in row.findings
            and (
                (row.person_id in waits and row.person_id not in foreseen.moving)
                or row.person_id in foreseen.stay
            )
        ]
    add_findings(run.pk, found)
    with connection.cursor() as cursor:
        cursor.execute(STAYS, {"run": run.pk, "numbers": array(stays), "finding": json.dumps(MOVES_IN)})


def _with_persons(run: ImportRun, rows: Sequence[Any]) -> list[Any]:
    """Whoever would be new is named by the number of the row, below zero."""
    same = {row.same_row for row in rows if row.same_row}
    earlier = StagedRow.objects.filter(run=run, number__in=numbers_in(same))
    persons = {number: person or -number for number, person in earlier.values_list("number", "person")}
    return [row._replace(person_id=row.person_id or persons.get(row.same_row, -row.number)) for row in rows]


class _Foreseen(NamedTuple):
    waits: Mapping[str, Collection[int]]
    """By number of the household, who waits for it."""
    joining: Mapping[int, int]
    """By newcomer, the head of the household that they come into."""
    moving: set[int]
    left_out: Mapping[int, str]
    """By person who cannot live there, the rule."""
    stay: Collection[int]
    """Who has an account."""


def _planned(
    run: ImportRun,
    rows: Sequence[Any],
    present: Mapping[str, Sequence[Any]],
    households: Collection[str],
    beliefs: Beliefs,
) -> _Foreseen:
    new = {row.person_id: row for row in reversed(rows) if row.person_id < 0}
    known = known_of(rows, households, run.source_id, new, run.pk)
    alike = {**known.alike}
    for row in rows:
        for double in row.doubles:
            other = double.get("person") or -double["row"]
            for one, another in ((row.person_id, other), (other, row.person_id)):
                alike[one] = {*alike.get(one, ()), another}
    plan = planned(present, replace(known, alike=alike), beliefs)
    newcomers = {person: _member(new[person], how) for _home, person, how in plan.joining}
    left_out = misfits([*plan.joining, *plan.moving], newcomers) if plan.joining or plan.moving else {}
    heads = _heads({home for home, _person, _how in plan.joining})
    joining = {person: heads[home] for home, person, _how in plan.joining if person not in left_out}
    moving = {person for _home, person, _how in (*plan.moving, *plan.moving_new)} - left_out.keys()
    waits = {household: [one.person for one in some] for household, some in known.waiting.items()}
    stay = {person for person, why in plan.kept_out.items() if why == HAS_ACCOUNT}
    return _Foreseen(waits, joining, moving, left_out, stay)


def _member(row: Any, how: str) -> Member:
    born = born_of(row)
    assert born is not None  # noqa: S101  # else the row is refused
    name = " ".join(filter(None, (row.family_name, row.given_name)))
    return Member(key=str(row.person_id), name=name, born=born, relationship=how, sex=row.sex)


def _heads(households: Collection[int]) -> dict[int, int]:
    leads = Membership.objects.current().filter(household__in=numbers_in(households), relationship=HEAD)
    return dict(leads.values_list("household", "person"))

"""In a file that has most of its people twice, those who found no double at first are likelier doubles of
each other than they seemed to be: they are compared again, and a steward decides."""

from collections.abc import Iterator
from itertools import chain

from django.db import connection

from dsp_platform.database.arrays import numbers_in
from registry.imports.comparing.background import background_of
from registry.imports.comparing.comparing import BATCH, Decision, double, features_of_those, inside, write
from registry.matching.background import Background
from registry.matching.records import Match
from registry.matching.within import second_look
from registry.models import ImportRun, StagedPair, StagedRow

# Rows that are, or may be, of the same person as another row.
PAIRED = """
SELECT number, same_row FROM registry_stagedrow WHERE run_id = %(run)s AND same_row IS NOT NULL
UNION ALL
SELECT number, (double ->> 'row')::int
FROM registry_stagedrow CROSS JOIN LATERAL jsonb_array_elements(doubles) AS double
WHERE run_id = %(run)s AND doubles <> '[]' AND double ? 'row'
"""
Found = dict[int, list[tuple[int, Match]]]


def look_again(run: ImportRun) -> None:
    """After all rows were compared. Leaves no pairs to be compared."""
    with connection.cursor() as cursor:
        cursor.execute(PAIRED, {"run": run.pk})
        paired = set(chain.from_iterable(cursor.fetchall()))
    while rest := second_look(run.rows or 0, len(paired), background_of(run.pk)):
        found = dict(_found(run, paired, rest))
        if not found:
            break
        _write(run, found)
        paired.update(found, (other for some in found.values() for other, _one in some))
    StagedPair.objects.filter(run=run).delete()


def _found(
    run: ImportRun, paired: set[int], rest: Background
) -> Iterator[tuple[int, list[tuple[int, Match]]]]:
    """Of rows that are in none of the pairs."""
    pairs = StagedPair.objects.filter(run=run).order_by("number").values_list("number", "other")
    left = [pair for pair in pairs if paired.isdisjoint(pair)]
    numbers = sorted({number for number, _other in left})
    for at in range(0, len(numbers), BATCH):
        some = set(numbers[at : at + BATCH])
        now = [pair for pair in left if pair[0] in some]
        features = features_of_those(run, (), set(chain.from_iterable(now)))
        yield from inside((pair for pair in now if pair[0] in features), features, rest).items()


def _write(run: ImportRun, found: Found) -> None:
    new = StagedRow.objects.filter(run=run, outcome=StagedRow.Outcome.NEW, number__in=numbers_in(found))
    decided = {}
    for number in new.values_list("number", flat=True):
        doubles = [double({"row": other}, one) for other, one in found[number]]
        decided[number] = Decision(StagedRow.Outcome.LIKELY, doubles=doubles)
    write(run, decided)

"""Rows compared once more before they are written: much may have happened since the comparison.

First all of whom somebody may have come in since, so that an import of which too much is doubtful by now
stops before anything is written; then the rows of each batch, for what happens meanwhile.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef

from dsp_platform.database.arrays import array
from registry.imports.comparing import comparing
from registry.imports.comparing.later_rows import as_later, earlier_rows
from registry.imports.comparing.since import is_said, judge
from registry.imports.writing.batches import OF_BATCH, Batch
from registry.models import ImportRun, Person, StagedRow

Outcome = StagedRow.Outcome

IN_COMMON = f"""
WITH arrived AS (
    SELECT unnest(match_keys) AS key FROM registry_person WHERE id = ANY (%(arrived)s::bigint[])
), numbers AS (
    SELECT encode(digest, 'hex') AS digest FROM registry_identitydocument
    WHERE person_id = ANY (%(arrived)s::bigint[])
)
SELECT row.number FROM registry_stagedrow AS row
WHERE {OF_BATCH} AND row.outcome IN ('new', 'likely') AND (
    EXISTS (SELECT FROM unnest(row.match_keys) AS own (key) JOIN arrived USING (key))
    OR EXISTS (
        SELECT FROM jsonb_array_elements(row.documents) AS document JOIN numbers ON digest = document ->> 2
    )
)
"""  # noqa: S608
# Another file of the source came in since. Looked up one by one, as in ``SAID_BEFORE``.
NAMED_SINCE = f"""
SELECT row.number FROM registry_stagedrow AS row CROSS JOIN LATERAL (
    SELECT true FROM registry_sourcerecord
    WHERE source_id = %(source)s AND reference = row.reference OFFSET 0
) AS held
WHERE {OF_BATCH} AND NOT row.applied AND row.outcome IN ('new', 'likely')
"""  # noqa: S608


def compare_again(run: ImportRun, batch: Batch, arrived: Sequence[int] | None) -> None:
    """New rows that may be of somebody who came since the comparison or whom their source named since, rows
    of somebody who changed, and of who became one with another record."""
    rows = batch.rows.filter(applied=False)
    numbers = set(_changed(rows))
    with connection.cursor() as cursor:
        cursor.execute(NAMED_SINCE, {**batch.parameters, "source": run.source_id})
        numbers |= {number for (number,) in cursor.fetchall()}
    if arrived is None:
        numbers |= set(rows.filter(outcome__in=StagedRow.COMES_IN).values_list("number", flat=True))
    elif arrived:
        with connection.cursor() as cursor:
            cursor.execute(IN_COMMON, {**batch.parameters, "arrived": array(arrived)})
            numbers |= {number for (number,) in cursor.fetchall()}
    again = list(comparing.rows_to_compare(run.pk, "doubles", "same_row").filter(number__in=numbers))
    if not again:
        return
    decided, earlier = comparing.decide(run, again, within=False), earlier_rows(run.pk, again)
    for row in again:
        one, of_rows = decided[row.number], [each for each in row.doubles if "row" in each]
        if one.outcome == Outcome.NEW and row.outcome == Outcome.LIKELY:
            one.outcome, one.doubles = row.outcome, row.doubles
        elif one.outcome == Outcome.LIKELY:
            one.doubles += of_rows  # the rows of the file were not asked now
        elif row.outcome == Outcome.TWICE:
            as_later(row, one, earlier[row.same_row])
        judge(row, one)
        one.findings = [each for each in one.findings if not is_said(each, row.findings)]
    comparing.write(run, decided)


def _changed(rows: Any) -> list[int]:
    of_somebody = rows.filter(outcome__in=StagedRow.OF_SOMEBODY, person__isnull=False)
    pairs = of_somebody.values_list("number", "version", "person__version")
    known = rows.filter(outcome=Outcome.KNOWN, person__merged_into__isnull=False)
    # The import that brought them was undone.
    gone = rows.filter(~Exists(Person.objects.filter(pk=OuterRef("person"))), person__isnull=False)
    return [
        *(number for number, then, now in pairs if then != now),
        *known.values_list("number", flat=True),
        *gone.values_list("number", flat=True),
    ]

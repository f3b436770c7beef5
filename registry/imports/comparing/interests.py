"""Rows about the stewards of an import and about those related to them: another steward imports them."""

import json
from collections.abc import Collection
from typing import Any

from django.db import connection
from django.db.models import Q

from dsp_platform.accounts.models import User
from dsp_platform.database.arrays import array, numbers_in, text_array
from registry.imports.findings import Finding
from registry.models import ImportRun, SourceRecord
from registry.persons.conflicts import phones_of_staff, related_to

LAST = 2**31 - 1

_REFUSE = """
UPDATE registry_stagedrow AS row SET
    outcome = 'refused', findings = row.findings || %(finding)s::jsonb, person_id = NULL, same_row = NULL
WHERE row.run_id = %(run)s AND row.place > %(after)s AND row.place <= %(upto)s
    AND row.outcome <> 'refused' AND ({which})
RETURNING row.number, row.household
"""
_ABOUT = _REFUSE.format(
    which="""
        row.person_id = ANY (%(persons)s::bigint[]) OR row.phone = ANY (%(phones)s::text[])
        OR row.household = ANY (%(households)s::text[])
        OR EXISTS (
            SELECT FROM jsonb_array_elements(row.doubles) AS double
            WHERE (double ->> 'person')::bigint = ANY (%(persons)s::bigint[])
        )
    """
)
# Those of their household in the file, and who is one of them under another number.
_BESIDE = _REFUSE.format(
    which="""
        row.household = ANY (%(households)s::text[]) OR row.same_row = ANY (%(numbers)s::int[])
        OR EXISTS (
            SELECT FROM jsonb_array_elements(row.doubles) AS double
            WHERE (double ->> 'row')::int = ANY (%(numbers)s::int[])
        )
    """
)


def refuse_own(run: ImportRun, stewards: Collection[User], *, after: int = 0, upto: int = LAST) -> None:
    """Of rows with a place after ``after``, up to ``upto``."""
    persons = {pk for steward in stewards for pk in related_to(steward)}
    if not persons:
        return
    phones = {phone for steward in stewards for phone in phones_of_staff(steward)}
    finding = Finding("own_matter")
    parameters: dict[str, Any] = {
        "run": run.pk,
        "after": after,
        "upto": upto,
        "finding": json.dumps([[finding.code, finding.column, dict(finding.params)]]),
        "persons": array(persons),
        "phones": text_array(phones),
        "households": text_array(_named_households(run, persons)),
    }
    statement = _ABOUT
    while found := _refused(statement, parameters):
        parameters["numbers"] = array(number for number, _household in found)
        parameters["households"] = text_array({household for _number, household in found} - {""})
        statement = _BESIDE


def _named_households(run: ImportRun, persons: Collection[int]) -> set[str]:
    """What the source calls the households in which it named them: whoever else it names there is placed with
    them."""
    some = numbers_in(persons)
    records = SourceRecord.objects.filter(
        Q(person__in=some) | Q(person__merged_into__in=some), source=run.source_id
    )
    return set(records.exclude(household="").values_list("household", flat=True))


def _refused(statement: str, parameters: dict[str, Any]) -> list[tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [(number, household) for number, household in cursor.fetchall()]

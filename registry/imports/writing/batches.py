"""A batch of staged rows, and what of it the writers of persons and enrolments take: as queries, so that no
row passes through Python."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from dsp_platform.database.arrays import array
from registry.beneficiaries.bulk import enrol_all
from registry.duplicates.selectors import held_back
from registry.identity.spid import new_spid
from registry.models import IS_NEWCOMER, DuplicateCase, StagedRow
from registry.persons import bulk_writer


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of a run with a place after ``after``, up to ``upto``."""

    run: int
    source: str
    after: int
    upto: int

    @property
    def rows(self) -> QuerySet[StagedRow]:
        return StagedRow.objects.filter(run=self.run, place__gt=self.after, place__lte=self.upto)

    @property
    def parameters(self) -> dict[str, Any]:
        return {"run": self.run, "after": self.after, "upto": self.upto}


OF_BATCH = "row.run_id = %(run)s AND row.place > %(after)s AND row.place <= %(upto)s"

# SPIDs were drawn when the rows were staged.
TAKEN = f"""
SELECT row.number FROM registry_stagedrow AS row JOIN registry_person AS person ON person.spid = row.spid
WHERE {OF_BATCH} AND row.outcome IN ('new', 'likely') AND row.person_id IS NULL
"""  # noqa: S608
DRAW_AGAIN = """
UPDATE registry_stagedrow AS row SET spid = given.spid
FROM unnest(%(numbers)s::int[], %(spids)s::text[]) AS given (number, spid)
WHERE row.run_id = %(run)s AND row.number = given.number
"""
NAME_PERSONS = f"""
UPDATE registry_stagedrow AS row SET
    person_id = nextval(pg_get_serial_sequence('registry_person', 'id')), made = '{{person}}', applied = true,
    version = 1
WHERE {OF_BATCH} AND outcome IN ('new', 'likely') AND person_id IS NULL
"""  # noqa: S608
NEW_PERSONS = f"""
SELECT person_id AS id, spid, family_name, given_name, latin_family_name, latin_given_name, name_key,
    given_key, latin_key, latin_given_key,
    ARRAY(SELECT unnest(match_keys || names_alone) ORDER BY 1) AS match_keys, sex, date_of_birth,
    birth_precision, phone, village, disability_level
FROM registry_stagedrow AS row
WHERE {OF_BATCH} AND row.made = '{{person}}' AND row.applied
"""  # noqa: S608
DOCUMENTS = f"""
SELECT row.person_id AS person, document ->> 0 AS type, document ->> 1 AS number,
    decode(document ->> 2, 'hex') AS digest, row.number AS place
FROM registry_stagedrow AS row CROSS JOIN LATERAL jsonb_array_elements(row.documents) AS document
WHERE {OF_BATCH} AND row.outcome = ANY (%(outcomes)s::text[]) AND row.person_id IS NOT NULL
    AND NOT row.findings @> '[["of_alias"]]' AND (
        {IS_NEWCOMER} AND NOT row.findings @> jsonb_build_array(
            jsonb_build_array('number_given_twice', '', jsonb_build_object('types', ARRAY[document ->> 0]))
        )
        OR row.findings @> jsonb_build_array(
            jsonb_build_array('fills', 'document_number', jsonb_build_object('types', ARRAY[document ->> 0]))
        )
    )
"""  # noqa: S608
# Who has the number of somebody else is enrolled once a steward decided that they are two; somebody
# registered only where whoever approved the import read that they would be.
ENROLLED = f"""
SELECT row.person_id, row.number, row.since, row.member_number, row.card_number, row.level
FROM registry_stagedrow AS row
WHERE {OF_BATCH} AND row.outcome NOT IN ('refused', 'known')
    AND ({IS_NEWCOMER} OR row.findings @> '[["enrols"]]')
    AND row.person_id <> ALL (%(held_back)s::bigint[])
"""  # noqa: S608


def add_persons(batch: Batch) -> None:
    """Of all rows of the batch that are new; each row then names its person."""
    with connection.cursor() as cursor:
        cursor.execute(TAKEN, batch.parameters)
        if numbers := [number for (number,) in cursor.fetchall()]:
            spids = array(new_spid() for _number in numbers)
            cursor.execute(DRAW_AGAIN, {**batch.parameters, "numbers": array(numbers), "spids": spids})
        cursor.execute(NAME_PERSONS, batch.parameters)
    bulk_writer.add_persons(NEW_PERSONS, batch.parameters, source=batch.source)


def add_documents(batch: Batch, *, outcomes: Collection[str]) -> set[int]:
    """Of the rows with these outcomes. Returns who got one."""
    return bulk_writer.add_documents(DOCUMENTS, {**batch.parameters, "outcomes": array(outcomes)})


def enrol(batch: Batch, *, programme: int) -> None:
    """The persons of the batch, in the programme of their source."""
    persons = set(batch.rows.exclude(person=None).values_list("person", flat=True))
    undecided = [one for one, state in held_back(persons).items() if state in DuplicateCase.OPEN_STATES]
    enrol_all(ENROLLED, {**batch.parameters, "held_back": array(undecided)}, programme=programme)

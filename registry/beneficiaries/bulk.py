"""Enrolments by the thousand: those that come with the persons of an import."""

from django.db import connection

from registry.persons.bulk_writer import OF_BATCH, Batch

# An open enrolment keeps what its operator reported; what is empty in it is filled. One that ended since the
# source says it began is not begun again. Who has the number of somebody else is enrolled once a steward
# decided that they are two.
ENROL = f"""
INSERT INTO registry_enrolment AS held (
    person_id, programme_id, state, since, operator_reference, member_number, card_number, level,
    created_at
)
SELECT DISTINCT ON (row.person_id) row.person_id, %(programme)s, 'active',
    coalesce(row.since, (now() AT TIME ZONE 'Asia/Phnom_Penh')::date),
    '', row.member_number, row.card_number, row.level, now()
FROM registry_stagedrow AS row JOIN registry_person AS person ON person.id = row.person_id
WHERE {OF_BATCH} AND row.outcome NOT IN ('refused', 'known') AND person.died_on IS NULL
    AND NOT EXISTS (
        SELECT FROM registry_enrolment AS ended
        WHERE ended.person_id = row.person_id AND ended.programme_id = %(programme)s
            AND ended.state = 'ended' AND (row.since IS NULL OR ended.until >= row.since)
    )
    AND NOT EXISTS (
        SELECT FROM registry_duplicatecase AS undecided
        WHERE undecided.second_id = row.person_id AND undecided.state IN ('waiting', 'asked')
            AND undecided.evidence @> '[{{"comparison": "reference"}}]'
    )
ORDER BY row.person_id, row.number
ON CONFLICT (person_id, programme_id) WHERE state <> 'ended' DO UPDATE SET
    member_number = coalesce(nullif(held.member_number, ''), excluded.member_number),
    card_number = coalesce(nullif(held.card_number, ''), excluded.card_number),
    level = coalesce(nullif(held.level, ''), excluded.level)
WHERE held.member_number = '' AND excluded.member_number <> ''
    OR held.card_number = '' AND excluded.card_number <> '' OR held.level = '' AND excluded.level <> ''
"""  # noqa: S608


def enrol_batch(batch: Batch, *, programme: int) -> None:
    """The persons of the batch, in the programme of their source."""
    with connection.cursor() as cursor:
        cursor.execute(ENROL, {**batch.parameters, "programme": programme})

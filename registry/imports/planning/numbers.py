"""Who ever had a phone number. It is a means of access: a source gives one only to whom never had any. One
that was taken off, lost, or left out of a merge does not come back by itself."""

from collections.abc import Collection

from django.db import connection

from dsp_platform.database.arrays import array

# Each looked up by itself. What came with an import that was undone was never theirs.
OF_PERSONS = """
SELECT given.id FROM unnest(%(persons)s::bigint[]) AS given (id)
LEFT JOIN LATERAL (
    SELECT true AS is_there FROM registry_person WHERE merged_into_id = given.id LIMIT 1
) AS alias ON true
LEFT JOIN LATERAL (
    SELECT true AS is_there FROM registry_lostnumber WHERE person_id = given.id LIMIT 1
) AS lost ON true
LEFT JOIN LATERAL (
    SELECT true AS is_there FROM registry_phonereplacement
    WHERE person_id = given.id AND state = 'applied' LIMIT 1
) AS replaced ON true
LEFT JOIN LATERAL (
    SELECT true AS is_there FROM registry_personevent AS event
    WHERE event.pgh_obj_id = given.id AND event.phone <> '' AND NOT EXISTS (
        SELECT FROM registry_importrun AS run
        WHERE run.context = event.pgh_context_id AND run.state = 'undone'
    ) LIMIT 1
) AS earlier ON true
WHERE alias.is_there OR lost.is_there OR replaced.is_there OR earlier.is_there
"""


def had_number(persons: Collection[int]) -> set[int]:
    """Those of them. Also whose record is one of several that were merged: a merge leaves out the number of
    an alias, and a steward decides whether it is theirs."""
    if not persons:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(OF_PERSONS, {"persons": array(persons)})
        return {person for (person,) in cursor.fetchall()}

"""Enrolments by the thousand: those that come with the persons of an import."""

from collections.abc import Mapping
from typing import Any

from django.db import connection

# An open enrolment keeps what its operator reported; what is empty in it is filled. Where none is open, one
# that ended since the source says it began is not begun again. Each looked up by itself.
ENROL = """
INSERT INTO registry_enrolment AS held (
    person_id, programme_id, state, since, operator_reference, member_number, card_number, level,
    created_at
)
SELECT DISTINCT ON (new.person_id) new.person_id, %(programme)s, 'active',
    coalesce(new.since, (now() AT TIME ZONE 'Asia/Phnom_Penh')::date),
    '', new.member_number, new.card_number, new.level, now()
FROM ({rows}) AS new JOIN registry_person AS person ON person.id = new.person_id
WHERE person.died_on IS NULL AND (
    (
        SELECT true FROM registry_enrolment AS ended
        WHERE ended.person_id = new.person_id AND ended.programme_id = %(programme)s
            AND ended.state = 'ended' AND (ended.until < new.since) IS NOT TRUE
        LIMIT 1
    ) IS NULL OR (
        SELECT true FROM registry_enrolment AS begun
        WHERE begun.person_id = new.person_id AND begun.programme_id = %(programme)s
            AND begun.state <> 'ended'
        LIMIT 1
    )
)
ORDER BY new.person_id, new.number
ON CONFLICT (person_id, programme_id) WHERE state <> 'ended' DO UPDATE SET
    member_number = coalesce(nullif(held.member_number, ''), excluded.member_number),
    card_number = coalesce(nullif(held.card_number, ''), excluded.card_number),
    level = coalesce(nullif(held.level, ''), excluded.level)
WHERE held.member_number = '' AND excluded.member_number <> ''
    OR held.card_number = '' AND excluded.card_number <> '' OR held.level = '' AND excluded.level <> ''
"""


def enrol_all(rows: str, parameters: Mapping[str, Any], *, programme: int) -> None:
    """``rows``: a query of persons and what is known of their enrolment, of two of one person the first by
    ``number``."""
    with connection.cursor() as cursor:
        cursor.execute(ENROL.format(rows=rows), {**parameters, "programme": programme})

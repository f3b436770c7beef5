"""Whom a source named in earlier files by the same number of a household.

A source may use a number again for another family: whoever is brought together by it must have the village or
the surname in common with the head.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from django.db import connection

from dsp_platform.database.arrays import text_array
from registry.models import IS_CURRENT

# Each household looked up by itself: of a long list PostgreSQL expects so many that it reads all records.
OF_HOUSEHOLDS = """
FROM unnest(%(households)s::text[]) AS given (household) CROSS JOIN LATERAL (
    SELECT person_id, relationship, reference, at FROM registry_sourcerecord
    WHERE source_id = %(source)s AND household = given.household AND household <> '' OFFSET 0
) AS record CROSS JOIN LATERAL (
    SELECT id, merged_into_id, died_on, village_id, family_name FROM registry_person
    WHERE id = record.person_id OFFSET 0
) AS person
"""
# The last one whom the source named, where it named several.
HEADS = f"""
SELECT given.household, home.person_id, home.household_id,
    coalesce(remaining.village_id, person.village_id), coalesce(remaining.family_name, person.family_name)
{OF_HOUSEHOLDS} LEFT JOIN registry_person AS remaining ON remaining.id = person.merged_into_id
CROSS JOIN LATERAL (
    SELECT person_id, household_id FROM registry_membership
    WHERE person_id = coalesce(person.merged_into_id, person.id) AND {IS_CURRENT}
        AND relationship = 'head' OFFSET 0
) AS home
WHERE record.relationship = 'head' ORDER BY record.at, home.person_id
"""  # noqa: S608
# Not whom this file names in another household by now.
WAITING = f"""
SELECT given.household, record.person_id, record.relationship, person.village_id, person.family_name
{OF_HOUSEHOLDS}
WHERE record.relationship NOT IN ('', 'head') AND person.merged_into_id IS NULL AND person.died_on IS NULL
    AND (SELECT true FROM registry_membership WHERE person_id = person.id LIMIT 1) IS NULL
    AND NOT EXISTS (
        SELECT FROM registry_stagedrow AS row
        WHERE row.run_id = %(run)s AND row.reference = record.reference AND row.outcome <> 'refused'
            AND row.household <> given.household
    )
ORDER BY record.person_id
"""  # noqa: S608


class KnownHead(NamedTuple):
    person: int
    household: int
    village: str
    family_name: str


class Waiting(NamedTuple):
    """Somebody who never lived in a household."""

    person: int
    relationship: str
    village: str
    family_name: str


def is_of_family(one: Any, head: Any) -> bool:
    """Whether a number of a household may bring the two together: rows, heads or those who wait."""
    return bool(one.village == head.village or one.family_name == head.family_name != "")


def known_heads(source: int, households: Collection[str]) -> Mapping[str, KnownHead]:
    """By number of the household."""
    with connection.cursor() as cursor:
        cursor.execute(HEADS, {"source": source, "households": text_array(households)})
        return {household: KnownHead(*columns) for household, *columns in cursor.fetchall()}


def waiting(source: int, households: Collection[str], run: int | None = None) -> Mapping[str, list[Waiting]]:
    """By number of the household. ``run``: which brings them together now, if any."""
    found: dict[str, list[Waiting]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(WAITING, {"source": source, "households": text_array(households), "run": run})
        for household, *columns in cursor.fetchall():
            found[household].append(Waiting(*columns))
    return found

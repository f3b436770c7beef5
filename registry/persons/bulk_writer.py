"""Writes persons, households, memberships and documents by the thousand, for imports; all else does by
``writer``. New persons and documents are what a query finds, by one statement for each table.

The caller holds the lock of imports, has locked the households and persons that exist, and announces what was
written once, at the end of the batch.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from dsp_platform.database.arrays import array, text_array
from dsp_platform.database.references import TRIES, new_reference
from dsp_platform.exchange.ledger import services as exchange
from registry.models import Person
from registry.models.person_columns import NAME_KEYS, NAMES
from registry.persons.writer import set_values


@dataclass(frozen=True, slots=True, kw_only=True)
class NewHousehold:
    """Members are persons and their relationships, the head among them."""

    village: str
    address: str = ""
    poverty_level: str = ""
    poverty_valid_to: date | None = None
    poverty_source: str = ""
    members: list[tuple[int, str]]


ADD_PERSONS = """
INSERT INTO registry_person (
    id, spid, family_name, given_name, latin_family_name, latin_given_name, name_key, given_key, latin_key,
    latin_given_key, match_keys, origins, sex, date_of_birth, birth_precision, phone, village_id, language,
    disability_level, verification, death_precision, version, created_at
)
SELECT id, spid, family_name, given_name, latin_family_name, latin_given_name, name_key, given_key,
    latin_key, latin_given_key, match_keys, jsonb_build_object('*', %(source)s::text), sex, date_of_birth,
    birth_precision, phone, village, 'km', disability_level, 'source', 'day', 1, now()
FROM ({rows}) AS new ORDER BY id
"""
# A number that is one person's only, and is on record of another one, stays with that one. What a person
# holds already of a type is not replaced.
ADD_DOCUMENTS = """
INSERT INTO registry_identitydocument (person_id, type, number, digest, created_at)
SELECT DISTINCT ON (person, type) person, type, convert_to(number, 'UTF8'), digest, now()
FROM ({rows}) AS new
WHERE NOT EXISTS (
    SELECT FROM registry_identitydocument AS held WHERE held.person_id = new.person AND held.type = new.type
)
ORDER BY person, type, place
ON CONFLICT DO NOTHING
RETURNING person_id
"""


def add_persons(rows: str, parameters: Mapping[str, Any], *, source: str) -> None:
    """``rows``: a query of new persons. They have keys, SPIDs that nobody has, all keys of their names and of
    matching, and are as ``source`` says."""
    with connection.cursor() as cursor:
        cursor.execute(ADD_PERSONS.format(rows=rows), {**parameters, "source": source})


def add_documents(rows: str, parameters: Mapping[str, Any]) -> set[int]:
    """``rows``: a query of person, type, encrypted number, digest and place; of two of one type the first.
    Returns who got one."""
    with connection.cursor() as cursor:
        cursor.execute(ADD_DOCUMENTS.format(rows=rows), parameters)
        return {person for (person,) in cursor.fetchall()}


DAY = "to_date({}, 'YYYY-MM-DD')"
"""Days are given as texts: ``None`` among them has no type of its own."""
WRITTEN = (*NAMES, *NAME_KEYS, "sex", "birth_precision", "phone", "disability_level")
"""Columns that are texts; the others have a type of their own."""
UPDATE_PERSONS = f"""
UPDATE registry_person AS person SET
    {", ".join(f"{column} = given.{column}" for column in WRITTEN)},
    date_of_birth = {DAY.format("given.date_of_birth")}, match_keys = given.match_keys::bigint[],
    origins = given.origins::jsonb
FROM unnest(
    %(id)s::bigint[], {", ".join(f"%({column})s::text[]" for column in WRITTEN)},
    %(date_of_birth)s::text[], %(match_keys)s::text[], %(origins)s::text[]
) AS given (id, {", ".join(WRITTEN)}, date_of_birth, match_keys, origins)
WHERE person.id = given.id
"""  # noqa: S608


def update_persons(changes: Iterable[tuple[Person, Mapping[str, Any], Mapping[str, str]]]) -> None:
    """Each with its new values, as for ``PersonWriter.update_person``, and its new ``origins``. For what no
    life event follows from."""
    persons = []
    for person, values, origins in changes:
        set_values(person, values)
        person.origins = dict(origins)
        persons.append(person)
    if not persons:
        return
    given = {column: text_array(getattr(one, column) for one in persons) for column in WRITTEN}
    with connection.cursor() as cursor:
        cursor.execute(
            UPDATE_PERSONS,
            {
                **given,
                "id": array(one.pk for one in persons),
                "date_of_birth": array(one.date_of_birth.isoformat() for one in persons),
                "match_keys": text_array(array(one.match_keys) for one in persons),
                "origins": text_array(json.dumps(one.origins) for one in persons),
            },
        )


ADD_HOUSEHOLDS = f"""
INSERT INTO registry_household (
    number, village_id, address, poverty_level, poverty_valid_to, poverty_source, version, created_at
)
SELECT number, village, address, level, {DAY.format("valid_to")}, source, 1, now()
FROM unnest(
    %(numbers)s::text[], %(villages)s::text[], %(addresses)s::text[], %(levels)s::text[],
    %(valid_to)s::text[], %(sources)s::text[]
) AS given (number, village, address, level, valid_to, source)
ON CONFLICT (number) DO NOTHING
RETURNING number, id
"""  # noqa: S608


def add_households(new: Sequence[NewHousehold]) -> list[int]:
    """With their members. Returns their keys, in the same order."""
    keys: dict[int, int] = {}
    for _try in range(TRIES):
        missing = [place for place in range(len(new)) if place not in keys]
        if not missing:
            break
        numbers = {new_reference("H"): place for place in missing}
        rows = [new[place] for place in numbers.values()]
        with connection.cursor() as cursor:
            cursor.execute(
                ADD_HOUSEHOLDS,
                {
                    "numbers": array(numbers),
                    "villages": array(one.village for one in rows),
                    "addresses": text_array(one.address for one in rows),
                    "levels": text_array(one.poverty_level for one in rows),
                    "valid_to": array(_day(one.poverty_valid_to) for one in rows),
                    "sources": text_array(one.poverty_source for one in rows),
                },
            )
            keys.update({numbers[number]: pk for number, pk in cursor.fetchall()})
    if len(keys) != len(new):
        raise RuntimeError("random numbers in a row were taken")
    made = [keys[place] for place in range(len(new))]
    add_members(
        (pk, person, relationship)
        for pk, one in zip(made, new, strict=True)
        for person, relationship in one.members
    )
    return made


ADD_MEMBERS = """
WITH given AS (
    SELECT * FROM unnest(%(households)s::bigint[], %(persons)s::bigint[], %(relationships)s::text[])
        AS given (household, person, relationship)
), added AS (
    INSERT INTO registry_membership (household_id, person_id, relationship, started_on, ended_by_death)
    SELECT household, person, relationship, (now() AT TIME ZONE 'Asia/Phnom_Penh')::date, false FROM given
)
UPDATE registry_person AS person SET village_id = home.village_id
FROM given JOIN registry_household AS home ON home.id = given.household
WHERE person.id = given.person AND person.village_id <> home.village_id
"""


def add_members(members: Iterable[tuple[int, int, str]]) -> None:
    """Household, person and relationship, from today on; all then live in the village of the household. For
    persons who are new: whoever is registered already moves with ``PersonWriter``, which tells of it."""
    rows = list(members)
    with connection.cursor() as cursor:
        cursor.execute(
            ADD_MEMBERS,
            {
                "households": array(household for household, _person, _relationship in rows),
                "persons": array(person for _household, person, _relationship in rows),
                "relationships": array(relationship for _household, _person, relationship in rows),
            },
        )


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


UPDATE_LEVELS = f"""
UPDATE registry_household AS home SET
    poverty_level = level, poverty_valid_to = {DAY.format("valid_to")}, poverty_source = %s
FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS given (id, level, valid_to)
WHERE home.id = given.id
"""  # noqa: S608


def update_levels(levels: Mapping[int, tuple[str, date | None]], *, source: str) -> None:
    """By household, its poverty level and until when it is valid, as ``source`` says."""
    with connection.cursor() as cursor:
        cursor.execute(
            UPDATE_LEVELS,
            [
                source,
                array(levels),
                text_array(level for level, _valid_to in levels.values()),
                array(_day(valid_to) for _level, valid_to in levels.values()),
            ],
        )


def bump(*, persons: Collection[int], households: Collection[int]) -> None:
    """A new version of what was changed, not of what is new."""
    for table, keys in (("registry_household", households), ("registry_person", persons)):
        with connection.cursor() as cursor:
            bumped = f"UPDATE {table} SET version = version + 1 WHERE id = ANY (%s::bigint[])"  # noqa: S608
            cursor.execute(bumped, [array(keys)])


def announce(*, persons: Collection[int], households: Collection[int]) -> None:
    """After what is live: an import has time."""
    for kind, table, keys in (
        ("person", "registry_person", persons),
        ("household", "registry_household", households),
    ):
        with connection.cursor() as cursor:
            versions = f"SELECT id, version FROM {table} WHERE id = ANY (%s::bigint[])"  # noqa: S608
            cursor.execute(versions, [array(keys)])
            exchange.announce(kind=kind, subjects=cursor.fetchall(), backlog=True)

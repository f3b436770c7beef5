"""Other names, numbers and dates of persons, and of their documents."""

from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.utils import timezone

from dsp_platform.database.anonymising import history_table
from dsp_platform.database.arrays import array
from dsp_platform.encryption import crypto
from registry.anonymising import names
from registry.anonymising.dates import other_birth, other_death
from registry.anonymising.numbers import PAGE
from registry.identity.documents import document_digest
from registry.models import IdentityDocument, Membership, Person
from registry.models.person_columns import DATES, NAME_KEYS, NAMES
from registry.persons.writer import set_values

WRITTEN = (*NAMES, *NAME_KEYS, "date_of_birth", "died_on")
# Of documents whose number has a shape of its own; of others eight digits.
SHAPES = {"identity_card": "{:09d}", "personal_code": "{:010d}", "passport": "N{:08d}"}


def replace_persons(key: str) -> None:
    today, last = timezone.localdate(), 0
    while page := list(Person.objects.filter(pk__gt=last).order_by("pk")[:PAGE]):
        last = page[-1].pk
        homes = _homes(page)
        for person in page:
            _make_up(key, person, homes.get(person.pk, f"p{person.pk}"), today)
        _write(page)
    table, columns = history_table(Person), (*NAMES, *NAME_KEYS, *DATES["born"], "died_on")
    pairs = ", ".join(
        f"{one} = CASE WHEN event.died_on IS NOT NULL THEN held.died_on END"
        if one == "died_on"
        else f"{one} = held.{one}"
        for one in columns
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{table}" AS event SET {pairs}, death_precision = held.death_precision'  # noqa: S608
            " FROM registry_person held WHERE held.id = event.pgh_obj_id"
        )


def _homes(persons: list[Person]) -> dict[int, str]:
    """By person, the household that they live in, or lived in last."""
    lives = Membership.objects.filter(person__in=persons).order_by("started_on", "pk")
    return {person: str(home) for person, home in lives.values_list("person", "household")}


def _make_up(key: str, person: Person, home: str, today: Any) -> None:
    """A name that is not known stays unknown."""
    family = names.family(key, home, person.family_name or person.latin_family_name)
    given = names.given(key, person.pk, person.sex)
    new = (family[0], given[0], family[1], given[1])
    values: dict[str, Any] = {
        name: value if getattr(person, name) else "" for name, value in zip(NAMES, new, strict=True)
    }
    values["born"] = other_birth(key, person.pk, person.born, today)
    if person.died:
        values["died"] = other_death(key, person.pk, person.died, values["born"], today)
    set_values(person, values)


def _write(page: list[Person]) -> None:
    rows = [(one.pk, *(getattr(one, name) for name in WRITTEN), array(one.match_keys)) for one in page]
    values: list[Any] = [list(column) for column in zip(*rows, strict=True)]
    kinds = ["bigint", *["text"] * 8, "date", "date", "text"]
    given = ", ".join(f"%s::{kind}[]" for kind in kinds)
    pairs = ", ".join(f"{name} = given.{name}" for name in WRITTEN)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE registry_person AS held SET {pairs}, match_keys = given.match_keys::bigint[]"  # noqa: S608
            f" FROM unnest({given}) AS given (id, {', '.join(WRITTEN)}, match_keys) WHERE held.id = given.id",
            values,
        )


def replace_documents(_key: str) -> None:
    """One number for each that there was, so that families share theirs again."""
    tables = [IdentityDocument._meta.db_table, history_table(IdentityDocument)]
    for start, page in _numbers(tables):
        new = [SHAPES.get(kind, "{:08d}").format(start + place) for place, (kind, _digest) in enumerate(page)]
        values: list[Any] = [
            [kind for kind, _digest in page],
            [bytes(digest) for _kind, digest in page],
            [crypto.encrypt(number) for number in new],
            [document_digest(kind, number) for (kind, _digest), number in zip(page, new, strict=True)],
        ]
        for table in tables:
            with connection.cursor() as cursor:
                cursor.execute(
                    f'UPDATE "{table}" AS held SET number = given.number, digest = given.digest'  # noqa: S608
                    " FROM unnest(%s::text[], %s::bytea[], %s::bytea[], %s::bytea[])"
                    " AS given (type, old, number, digest)"
                    " WHERE held.type = given.type AND held.digest = given.old",
                    values,
                )


def _numbers(tables: list[Any]) -> Iterator[tuple[int, list[tuple[str, bytes]]]]:
    union = " UNION ".join(f'SELECT type, digest FROM "{table}"' for table in tables)  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"{union} ORDER BY digest")
        found = cursor.fetchall()
    for start in range(0, len(found), PAGE):
        yield start, found[start : start + PAGE]

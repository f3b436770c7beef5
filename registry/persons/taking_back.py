"""What one import wrote of persons, households, memberships and documents, taken back by their history: the
only code that writes them beside ``writer`` and ``bulk_writer``.

The caller has seen that nobody else touched it (``registry.imports.undoing.untouched``) and locked all of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from dsp_platform.database.arrays import array, text_array
from dsp_platform.database.taking_back import PAGE, Written, pages
from dsp_platform.exchange.ledger import services as exchange
from registry.matching.keys import match_keys
from registry.matching.stored import record_of
from registry.models import Household, IdentityDocument, Membership, Person
from registry.persons import bulk_writer
from registry.persons.writer import await_match

OWN = ("version",)
"""Grows with whatever is written of the household that a person lives in."""


@dataclass(frozen=True, slots=True)
class WrittenPersons:
    persons: Written
    households: Written
    memberships: Written
    documents: Written


def written_in(context: UUID) -> WrittenPersons:
    return WrittenPersons(
        persons=Written(Person, context, own=OWN),
        households=Written(Household, context, own=OWN),
        memberships=Written(Membership, context),
        documents=Written(IdentityDocument, context),
    )


def lock_written(written: WrittenPersons, also: Iterable[int]) -> None:
    """Households before persons, each by ascending key, as everywhere; whom it made against references too.
    ``also``: persons of whom it wrote something else."""
    made, known = written.persons.made, sorted({*written.persons.changed, *also} - {*written.persons.made})
    for table, keys, how in (
        ("registry_household", written.households.changed, "NO KEY UPDATE"),
        ("registry_household", written.households.made, "UPDATE"),
        ("registry_person", known, "NO KEY UPDATE"),
        ("registry_person", made, "UPDATE"),
    ):
        for page in pages(keys):
            rows = f"SELECT FROM {table} WHERE id = ANY (%s::bigint[]) ORDER BY id FOR {how}"
            with connection.cursor() as cursor:
                cursor.execute(rows, [array(page)])


def take_back(written: WrittenPersons, also: Iterable[int]) -> None:
    """Operators are sent what stands there again, and a withdrawal of who is gone."""
    persons, households = written.persons, written.households
    versions = _versions("registry_person", persons.made), _versions("registry_household", households.made)
    written.documents.delete()
    written.memberships.delete()
    households.put_back()
    _identify_again(persons.put_back())
    for page in pages(persons.made):
        _no_longer_compared(page)
    households.delete()
    persons.delete()
    _announce({*persons.changed, *also} - {*persons.made}, households.changed)
    for kind, gone in zip(("person", "household"), versions, strict=True):
        _withdraw(kind, gone)


def _versions(table: str, keys: Sequence[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for page in pages(keys):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT id, version FROM {table} WHERE id = ANY (%s::bigint[])", [array(page)])  # noqa: S608
            found |= dict(cursor.fetchall())
    return found


IDENTIFY = """
UPDATE registry_person AS person SET match_keys = given.match_keys::bigint[]
FROM unnest(%s::bigint[], %s::text[]) AS given (id, match_keys) WHERE person.id = given.id
"""


def _identify_again(restored: Sequence[int]) -> None:
    """Keys of matching are not in the history: they follow from what is."""
    for page in pages(restored):
        keys = {person.pk: match_keys(record_of(person)) for person in Person.objects.filter(pk__in=page)}
        with connection.cursor() as cursor:
            cursor.execute(IDENTIFY, [array(keys), text_array(map(array, keys.values()))])
    await_match(restored)


def _no_longer_compared(persons: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM registry_awaitingmatch WHERE person_id = ANY (%s::bigint[])", [array(persons)]
        )


def _announce(persons: set[int], households: Sequence[int]) -> None:
    """With a household also its members of today."""
    for page in pages(households):
        members = Membership.objects.current().filter(household__in=page)
        persons |= set(members.values_list("person", flat=True))
        bulk_writer.bump(persons=(), households=page)
        bulk_writer.announce(persons=(), households=page)
    for page in pages(sorted(persons)):
        bulk_writer.bump(persons=page, households=())
        bulk_writer.announce(persons=page, households=())


def _withdraw(kind: str, versions: Mapping[int, int]) -> None:
    gone = [(pk, last + 1) for pk, last in sorted(versions.items())]
    for at in range(0, len(gone), PAGE):
        exchange.announce(kind=kind, subjects=gone[at : at + PAGE], backlog=True)

"""The made-up population put into the registry by COPY, for benchmarks that need a full one."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain, groupby
from typing import Any

import dj_database_url
from django.conf import settings
from django.db import connection, models
from psycopg.types.json import Jsonb
from stdnum import damm

from benchmarks.matching import records
from benchmarks.population import COLUMNS, TODAY, Entry, population
from dsp_platform.database import roles as database_roles
from dsp_platform.encryption import crypto
from dsp_platform.khmer.dates import PartialDate
from registry.areas.gazetteer import packaged_edition
from registry.areas.services import load_areas
from registry.identity.documents import document_digest
from registry.identity.name_keys import name_keys
from registry.matching.keys import match_keys
from registry.models import Household, IdentityDocument, Membership, Person

BATCH = 20_000
Row = dict[str, Any]


def use_filled(size: int, *, seed: int = 1) -> None:
    """Connects to a database with so many persons in their households, registered once, without history.

    It is a copy of the one that the settings name, which holds nobody, and is made once.
    """
    name = f"population_{size}_{seed}"
    if not _is_filled(name):
        _make(name, size, seed)
    _connect(name)


def _is_filled(name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_database WHERE datname = %s", [name])
        return cursor.fetchone() is not None


def _connect(name: str) -> None:
    connection.close()
    pooled: Any = connection
    pooled.close_pool()
    connection.settings_dict["NAME"] = name


def _make(name: str, size: int, seed: int) -> None:
    """Under another name, renamed when complete: an incomplete one is never used."""
    empty, new = dj_database_url.parse(settings.DATABASE_URL)["NAME"], f"{name}_new"
    _connect(empty)
    with database_roles.owner():
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {new}")
            cursor.execute(f"CREATE DATABASE {new} TEMPLATE {empty}")
        _connect(new)
        database_roles.grant()
        fill(size, seed=seed)
        _connect(empty)
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER DATABASE {new} RENAME TO {name}")


def fill(size: int, *, seed: int) -> None:
    load_areas(entries=packaged_edition()[0])
    tables = [model._meta.db_table for model in (Household, Person, Membership, IdentityDocument)]
    with connection.cursor() as cursor, _without_indexes(cursor, tables):
        # Neither history nor foreign keys: what is made up is right.
        cursor.execute("SET session_replication_role = replica")
        for batch in _batches(population(size, seed=seed, doubles=0), BATCH):
            copy_rows(Household, _households(batch))
            copy_rows(Person, _persons(batch))
            copy_rows(Membership, _memberships(batch))
            copy_rows(IdentityDocument, _documents(batch))
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
            )
            cursor.execute(f"VACUUM (ANALYZE) {table}")


def _batches(entries: Iterable[Entry], size: int) -> Iterator[list[Entry]]:
    """Whole households."""
    batch: list[Entry] = []
    for _home, members in groupby(entries, key=lambda entry: entry.household):
        batch += members
        if len(batch) >= size:
            yield batch
            batch = []
    if batch:
        yield batch


@contextmanager
def _without_indexes(cursor: Any, tables: list[str]) -> Iterator[None]:
    """They are made at the end, in a fraction of the time. Those of keys stay."""
    cursor.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
        " WHERE indrelid = ANY (%s::text[]::regclass[])"
        " AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)",
        [tables],
    )
    indexes = cursor.fetchall()
    for name, _definition in indexes:
        cursor.execute(f"DROP INDEX {name}")
    yield
    cursor.execute("SET maintenance_work_mem = '512MB'")
    for _name, definition in indexes:
        cursor.execute(definition)


def copy_rows(model: type[models.Model], rows: Iterable[Row]) -> None:
    """Columns that a row does not name have the default of the model."""
    fields = model._meta.local_concrete_fields
    rows = iter(rows)
    first = next(rows, None)
    if first is None:
        return
    named = [field for field in fields if field.column in first or not _filled_by_database(field)]
    defaults = {
        field.column: Jsonb(field.get_default())
        if isinstance(field, models.JSONField)
        else field.get_default()
        for field in named
        if field.column not in first
    }
    columns = ", ".join(f'"{field.column}"' for field in named)
    statement = f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN'
    with connection.cursor() as cursor, cursor.copy(statement) as copy:  # type: ignore[attr-defined]
        for row in chain([first], rows):
            values = defaults | row
            copy.write_row([values[field.column] for field in named])


def _filled_by_database(field: Any) -> bool:
    return field.primary_key or (field.has_db_default() and not field.has_default())


def _home(entry: Entry) -> int:
    return int(entry.household[1:])


def _spid(pk: int) -> str:
    """Looks as random as others; of random ones a million would hold a few twice."""
    body = f"{pk * 61_803_398_875 % 10**11:011d}"
    return body + damm.calc_check_digit(body)


def _households(batch: list[Entry]) -> Iterator[Row]:
    for _household, members in groupby(batch, key=lambda entry: entry.household):
        head = next(members)
        yield {
            "id": _home(head),
            "number": f"H-{_home(head):08d}",
            "village_id": head.village_code,
            "poverty_level": head.poverty_level,
        }


def _persons(batch: list[Entry]) -> Iterator[Row]:
    rows = [{column: str(getattr(entry, column)) for column in COLUMNS} for entry in batch]
    _ids, compared = records(rows)
    for entry, record in zip(batch, compared, strict=True):
        born = PartialDate.parse(entry.birth_date)
        name, given = name_keys(entry.family_name_km, entry.given_name_km)
        latin, latin_given = name_keys(entry.family_name_latin, entry.given_name_latin)
        yield {
            "id": entry.id,
            "spid": _spid(entry.id),
            "family_name": entry.family_name_km,
            "given_name": entry.given_name_km,
            "latin_family_name": entry.family_name_latin,
            "latin_given_name": entry.given_name_latin,
            "name_key": name,
            "given_key": given,
            "latin_key": latin,
            "latin_given_key": latin_given,
            "match_keys": match_keys(record),
            "sex": entry.sex,
            "date_of_birth": born.first,
            "birth_precision": born.precision,
            "phone": entry.phone,
            "village_id": entry.village_code,
        }


def _memberships(batch: list[Entry]) -> Iterator[Row]:
    for entry in batch:
        yield {
            "household_id": _home(entry),
            "person_id": entry.id,
            "relationship": entry.relationship,
            "started_on": TODAY,
        }


def _documents(batch: list[Entry]) -> Iterator[Row]:
    token = crypto.encrypt("000000000")  # never read: encrypting each would take most of the time
    for entry in batch:
        if entry.document_number:
            yield {
                "person_id": entry.id,
                "type": entry.document_type,
                "number": token,
                "digest": document_digest(entry.document_type, entry.document_number),
            }

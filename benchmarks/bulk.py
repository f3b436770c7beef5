"""Persons written by COPY in one transaction with their history, against the same rows without triggers.

``share_of_raw`` is of the time that they take without any trigger of ours. ``growth`` is the time for one
row, compared to a tenth of the rows: 1 is linear. The same for one UPDATE of all rows, and without a context,
as SQL typed by hand is.
"""

import os
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import psycopg
from django.db import connection

from benchmarks.register import PLACES
from dsp_platform.database import roles as database_roles
from dsp_platform.database.history import history_of
from registry.areas.services import load_areas
from registry.models import Person

SIZE = 200_000
COLUMNS = [field for field in Person._meta.concrete_fields if not field.primary_key]
CONTEXT = (
    "SELECT set_config('pghistory.context_id', %s, true),"
    " set_config('pghistory.context_metadata', '{\"why\": \"benchmark\"}', true)"
)
Work = Callable[[psycopg.Cursor], None]


def rows(size: int) -> Iterator[list[Any]]:
    born = date(1940, 1, 1)
    for number in range(size):
        person = Person(
            spid=f"{number:012d}",
            family_name="ចាន់",
            given_name="សុខា",
            name_key=f"{number % 997}ចន",
            given_key=f"{number % 1009}សខ",
            sex="female",
            date_of_birth=born + timedelta(days=number % 25_000),
            village_id="01020101",
            match_keys=[number, number // 3, number % 5_003],
        )
        values = [getattr(person, field.attname) for field in COLUMNS]
        yield ["{}" if value == {} else value for value in values]


def copy(size: int) -> Work:
    made = list(rows(size))

    def work(cursor: psycopg.Cursor) -> None:
        names = ", ".join(field.column for field in COLUMNS)
        with cursor.copy(f"COPY registry_person ({names}) FROM STDIN") as copied:
            for row in made:
                copied.write_row(row)

    return work


def update(cursor: psycopg.Cursor) -> None:
    cursor.execute("UPDATE registry_person SET phone = '+85512345678'")


def seconds(work: Work, *, why: bool = True) -> float:
    """Of one transaction, as a process of the platform."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as raw:
        started = time.perf_counter()
        with raw.transaction(), raw.cursor() as cursor:
            if why:
                cursor.execute(CONTEXT, [str(uuid4())])
            work(cursor)
        return time.perf_counter() - started


def as_owner(statement: str) -> None:
    with database_roles.owner(), connection.cursor() as cursor:
        cursor.execute(statement)


def empty() -> None:
    as_owner("TRUNCATE registry_person, registry_personevent, pghistory_context CASCADE")


def without_triggers(size: int) -> tuple[float, float]:
    as_owner("ALTER TABLE registry_person DISABLE TRIGGER USER")
    try:
        empty()
        return seconds(copy(size)), seconds(update)
    finally:
        as_owner("ALTER TABLE registry_person ENABLE TRIGGER USER")


def with_history(size: int, *, why: bool) -> tuple[float, float]:
    empty()
    found = seconds(copy(size), why=why), seconds(update, why=why)
    events = history_of(Person).filter(pgh_context__isnull=not why)
    if [events.filter(pgh_label=label).count() for label in ("insert", "update")] != [size, size]:
        raise RuntimeError("the history is not complete")
    return found


def run(size: int) -> dict[str, Any]:
    load_areas(entries=PLACES)
    small = max(size // 10, 1)
    raw, raw_update = without_triggers(size)
    few, few_updates = with_history(small, why=True)
    few_without_context, _ = with_history(small, why=False)
    many, many_updates = with_history(size, why=True)
    many_without_context, _ = with_history(size, why=False)
    return {
        "raw_rows_per_second": size / raw,
        "rows_per_second": size / many,
        "rows_per_second_without_context": size / many_without_context,
        "share_of_raw": raw / many,
        "growth": (many / size) / (few / small),
        "growth_without_context": (many_without_context / size) / (few_without_context / small),
        "updates_share_of_raw": raw_update / many_updates,
        "updates_growth": (many_updates / size) / (few_updates / small),
    }

"""Households registered through the service, against the same rows inserted by raw psycopg.

Both write every row that a registration writes, with its history and context, in one transaction for each
household: also the persons' places in the queue of matching, and the text message. Operators have no
agreement, so nothing is due for them. The service also tells the workers by Redis that a message waits.
"""

import os
import time
from collections import defaultdict
from datetime import date
from typing import Any
from uuid import uuid4

import psycopg
from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from pghistory.models import Context
from psycopg import sql
from psycopg.types.json import Jsonb

from dsp_platform.accounts.models import User
from dsp_platform.audit.models import AuditEvent, ChainHead
from dsp_platform.database import roles as database_roles
from dsp_platform.khmer.dates import PartialDate
from dsp_platform.notifications.models import Message
from registry.areas.gazetteer import GazetteerEntry
from registry.areas.services import load_areas
from registry.models import AwaitingMatch, Consent, Household, IdentityDocument, Membership, Person
from registry.persons.details import HouseholdDetails, PersonDetails
from registry.registration.services import register_household

SIZE = 500
MEMBERS = 5
PLACES = [
    GazetteerEntry("01", "បន្ទាយមានជ័យ", "Banteay Meanchey"),
    GazetteerEntry("0102", "មង្គលបូរី", "Mongkol Borei"),
    GazetteerEntry("010201", "បន្ទាយនាង", "Banteay Neang"),
    GazetteerEntry("01020101", "អូរធំ", "Ou Thum"),
]
TABLES: list[type[models.Model]] = [
    Household, Person, IdentityDocument, Membership, Consent, AwaitingMatch, Message, AuditEvent,
]  # fmt: skip
CONTEXT = (
    "SELECT set_config('pghistory.context_id', %s, true),"
    " set_config('pghistory.context_metadata', '{\"why\": \"register\"}', true)"
)


def household(number: int) -> HouseholdDetails:
    head = PersonDetails(
        family_name="ចាន់",
        given_name="សុខា",
        latin_family_name="Chan",
        latin_given_name="Sokha",
        sex="female",
        born=PartialDate(date(1980, 1, 1 + number % 28)),
        relationship="head",
        phone="012345678",
        document_type="identity_card",
        document_number=f"{number:09d}",
    )
    children = [
        PersonDetails(
            family_name="ចាន់",
            given_name="បុប្ផា",
            sex="male",
            born=PartialDate(date(2015 + place, 5, 1 + number % 28)),
            relationship="child",
        )
        for place in range(MEMBERS - 1)
    ]
    return HouseholdDetails(
        village_code="01020101",
        members=(head, *children),
        consent_text="ខ្ញុំយល់ព្រម",
    )


def through_the_service(size: int, clerk: User) -> float:
    started = time.perf_counter()
    for number in range(size):
        register_household(actor=clerk, details=household(number))
    return time.perf_counter() - started


Statement = tuple[sql.Composed, list[tuple[Any, ...]]]


def written_rows() -> list[list[Statement]]:
    """What the service wrote, one list of statements per household, in an order that references allow."""
    with connection.cursor() as cursor:
        households = dict(Membership.objects.values_list("person_id", "household_id"))
        by_household: dict[int, list[Statement]] = defaultdict(list)
        for model in TABLES:
            columns = [field.column for field in model._meta.local_concrete_fields]
            statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
                sql.Identifier(model._meta.db_table),
                sql.SQL(", ").join(map(sql.Identifier, columns)),
                sql.SQL(", ").join(sql.Placeholder() * len(columns)),
            )
            names = ", ".join(f'"{column}"' for column in columns)
            cursor.execute(f'SELECT {names} FROM "{model._meta.db_table}" ORDER BY 1')
            rows: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
            for row in cursor.fetchall():
                rows[_household_of(model, dict(zip(columns, row, strict=True)), households)].append(
                    tuple(Jsonb(value) if isinstance(value, dict) else value for value in row)
                )
            for pk, own in rows.items():
                by_household[pk].append((statement, own))
    return list(by_household.values())


def _household_of(model: type[models.Model], row: dict[str, Any], households: dict[int, int]) -> int:
    if model is Household:
        return int(row["id"])
    if model is Person:
        return households[row["id"]]
    if "subject_kind" in row:
        person = row["subject_kind"] == "person"
        return households[row["subject_id"]] if person else int(row["subject_id"])
    return int(row["household_id"]) if "household_id" in row else households[row["person_id"]]


def by_psycopg(statements: list[list[Statement]]) -> float:
    """One transaction per household, one batch per table; the triggers of history fire as well."""
    started = time.perf_counter()
    with psycopg.connect(os.environ["DATABASE_URL"]) as raw:
        for household_statements in statements:
            with raw.transaction(), raw.cursor() as cursor:
                cursor.execute(CONTEXT, [str(uuid4())])
                for statement, rows in household_statements:
                    cursor.executemany(statement, rows)
    return time.perf_counter() - started


def counts() -> dict[str, int]:
    """Of the rows of all tables that are not written by triggers."""
    return {
        model._meta.label: model._default_manager.count()
        for model in apps.get_models()
        if model._meta.managed and not model._meta.proxy and not database_roles.is_history(model)
        if model not in (ChainHead, Context)
    }


def empty() -> None:
    with database_roles.owner(), connection.cursor() as cursor:
        names = ", ".join(f'"{model._meta.db_table}"' for model in TABLES)
        cursor.execute(f"TRUNCATE {names} CASCADE")


def run(size: int) -> dict[str, Any]:
    load_areas(entries=PLACES)
    clerk = User.objects.create_staff(
        username="clerk", password=settings.SECRET_KEY, role="official", area_code="010201"
    )
    with transaction.atomic():
        register_household(actor=clerk, details=household(999_999_999))  # warm up
    empty()
    before = counts()
    ours = through_the_service(size, clerk)
    after = counts()
    statements = written_rows()
    empty()
    raw = by_psycopg(statements)
    written = {name for name in after if after[name] != before[name]}
    if counts() != after or written != {model._meta.label for model in TABLES}:
        raise RuntimeError(f"not the same rows: {counts().items() ^ after.items()}, {written}")
    return {
        "households_per_second": size / ours,
        "persons_per_second": size * MEMBERS / ours,
        "raw_households_per_second": size / raw,
        "share_of_raw": raw / ours,
    }

"""What the database recorded of the rows that make a person or household: read, never written."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from dsp_platform.database.history import history_of
from registry.facts.circumstances import DIFFICULTIES
from registry.models import Consent, Enrolment, Household, IdentityDocument, Membership, Person

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """``columns``: by the key of a value, its column. What is not named is not shown: search keys, versions.

    ``facts``: those that identify the row in words, and are no change by themselves.
    """

    name: str
    model: Any
    columns: Mapping[str, str]
    facts: tuple[str, ...] = ()

    @property
    def table(self) -> str:
        return str(history_of(self.model).model._meta.db_table)


def _named(*names: str) -> dict[str, str]:
    return {name: name for name in names}


PERSON = Kind(
    "person",
    Person,
    _named(
        "family_name",
        "given_name",
        "latin_family_name",
        "latin_given_name",
        "sex",
        "date_of_birth",
        "birth_precision",
        "phone",
        "language",
        *(one.name for one in DIFFICULTIES),
        "pregnant",
        "studying",
        "working",
        "disability_level",
        "verification",
        "died_on",
        "death_precision",
    )
    | {"village_code": "village_id", "account": "account_id", "merged_into": "merged_into_id"},
)
DOCUMENT = Kind(
    "document",
    IdentityDocument,
    {"document_type": "type", "document_number": "number", "digest": "digest"},
    facts=("document_type",),
)
MEMBERSHIP = Kind(
    "membership",
    Membership,
    {"household": "household_id", "person": "person_id", "since": "started_on", "until": "ended_on"}
    | _named("relationship", "ended_by_death"),
    facts=("household", "person", "since"),
)
HOUSEHOLD = Kind(
    "household",
    Household,
    {
        "village_code": "village_id",
        "address": "address",
        "poverty_level": "poverty_level",
        "poverty_level_valid_to": "poverty_valid_to",
        "payee": "payee_id",
        "closed_on": "closed_on",
    },
)
CONSENT = Kind(
    "consent",
    Consent,
    {"operator": "operator_code", "given_by": "given_by_id", "withdrawn_at": "withdrawn_at"},
    facts=("operator", "given_by"),
)
ENROLMENT = Kind(
    "enrolment",
    Enrolment,
    {"programme": "programme_id"} | _named("state", "since", "until"),
    facts=("programme", "since"),
)


@dataclass(frozen=True, slots=True)
class Rows:
    """Of a kind, those whose ``column`` holds ``key``; what was recorded from ``since`` on."""

    kind: Kind
    column: str
    key: int
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Event:
    kind: Kind
    number: int
    at: datetime
    label: str
    """``insert``, ``update`` or ``delete``."""

    row: int
    context: UUID | None
    values: Values
    before: Values = field(default_factory=dict)


# The values before stand in the event before it of the same row.
EVENTS = """
SELECT pgh_id, pgh_created_at, pgh_label, pgh_obj_id, pgh_context_id, held, before FROM (
    SELECT *, lag(held) OVER (PARTITION BY pgh_obj_id ORDER BY pgh_id) AS before FROM (
        SELECT pgh_id, pgh_created_at, pgh_label, pgh_obj_id, pgh_context_id,
            jsonb_build_object({pairs}) AS held
        FROM {table} WHERE {column} = %(key)s
    ) of_rows
) changed
WHERE (pgh_label <> 'update' OR held IS DISTINCT FROM before)
    AND pgh_created_at < %(before)s AND pgh_created_at >= %(since)s
ORDER BY pgh_id DESC LIMIT %(most)s
"""
STATES = """
SELECT * FROM (
    SELECT DISTINCT ON (pgh_obj_id)
        pgh_id, pgh_created_at, pgh_label, pgh_obj_id, pgh_context_id,
        jsonb_build_object({pairs}) AS held, NULL
    FROM {table} WHERE {column} = %(key)s AND pgh_created_at < %(before)s
    ORDER BY pgh_obj_id, pgh_id DESC
) last WHERE pgh_label <> 'delete' ORDER BY pgh_obj_id
"""
LONG_AGO = "-infinity"


def events_of(rows: Rows, *, before: datetime, most: int) -> list[Event]:
    """The newest first; only those in which something changed that is shown."""
    return _read(EVENTS, rows, {"before": before, "since": rows.since or LONG_AGO, "most": most})


def states_at(rows: Rows, moment: datetime) -> list[Event]:
    """Each row as it stood just before the moment."""
    return _read(STATES, rows, {"before": moment})


def _read(statement: str, rows: Rows, parameters: dict[str, Any]) -> list[Event]:
    pairs = ", ".join(f"'{key}', {column}" for key, column in rows.kind.columns.items())
    text = statement.format(pairs=pairs, table=rows.kind.table, column=rows.column)
    with connection.cursor() as cursor:
        cursor.execute(text, {"key": rows.key, **parameters})
        found = cursor.fetchall()
    return [
        Event(rows.kind, number, at, label, row, context, json.loads(held), json.loads(before or "{}"))
        for number, at, label, row, context, held, before in found
    ]

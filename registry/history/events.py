"""What the database recorded of the rows that make a person or household: read, never written."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from dsp_platform.database.history import history_of
from registry.models import Consent, Enrolment, Household, IdentityDocument, Membership, Person
from registry.models.person_columns import CIRCUMSTANCES, DATES, NAMES

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
        *NAMES,
        "sex",
        *DATES["born"],
        "phone",
        "language",
        *CIRCUMSTANCES,
        "disability_level",
        "verification",
        *DATES["died"],
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
    {
        "operator": "operator_code",
        "given_by": "given_by_id",
        "how_given": "channel",
        "withdrawn_at": "withdrawn_at",
    },
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
SELECT {place} AS place, pgh_id, pgh_created_at, pgh_label, pgh_obj_id, pgh_context_id, held, before FROM (
    SELECT *, lag(held) OVER (PARTITION BY pgh_obj_id ORDER BY pgh_id) AS before FROM (
        SELECT pgh_id, pgh_created_at, pgh_label, pgh_obj_id, pgh_context_id,
            jsonb_build_object({pairs}) AS held
        FROM {table} WHERE {column} = %(key_{place})s
    ) of_rows
) changed
WHERE (pgh_label <> 'update' OR held IS DISTINCT FROM before)
    AND pgh_created_at < %(before)s AND pgh_created_at >= %(since_{place})s
ORDER BY pgh_id DESC LIMIT %(most)s
"""
STATES = """
SELECT {place} AS place, * FROM (
    SELECT DISTINCT ON (pgh_obj_id)
        pgh_id, pgh_created_at, pgh_label, pgh_obj_id, pgh_context_id,
        jsonb_build_object({pairs}) AS held, NULL::jsonb
    FROM {table} WHERE {column} = %(key_{place})s AND pgh_created_at < %(before)s
    ORDER BY pgh_obj_id, pgh_id DESC
) last WHERE pgh_label <> 'delete' ORDER BY pgh_obj_id
"""
LONG_AGO = "-infinity"


def events_of(rows: Sequence[Rows], *, before: datetime, most: int) -> list[list[Event]]:
    """Of each, the newest first; only those in which something changed that is shown."""
    found = _read(EVENTS, rows, {"before": before, "most": most})
    return [sorted(events, key=lambda one: one.number, reverse=True) for events in found]


def states_at(rows: Sequence[Rows], moment: datetime) -> list[Event]:
    """Each row as it stood just before the moment."""
    found = _read(STATES, rows, {"before": moment})
    return [state for states in found for state in sorted(states, key=lambda one: one.row)]


def _read(statement: str, rows: Sequence[Rows], parameters: dict[str, Any]) -> list[list[Event]]:
    """Of each of ``rows``: one query for all."""
    texts = []
    for place, one in enumerate(rows):
        pairs = ", ".join(f"'{key}', {column}" for key, column in one.kind.columns.items())
        texts.append(statement.format(place=place, pairs=pairs, table=one.kind.table, column=one.column))
        parameters |= {f"key_{place}": one.key, f"since_{place}": one.since or LONG_AGO}
    events: list[list[Event]] = [[] for _one in rows]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"({text})" for text in texts), parameters)
        for place, number, at, label, row, context, held, before in cursor.fetchall():
            values, values_before = json.loads(held), json.loads(before or "{}")
            kind = rows[place].kind
            events[place].append(Event(kind, number, at, label, row, context, values, values_before))
    return events

"""A record kind with a table of its own, the requests that change it, and the clock of another machine."""

import os
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random

import time_machine
from django.core.management import call_command
from django.db import connection, transaction

from dsp_platform.database import roles as database_roles
from dsp_platform.devserver.embedded import REFERENCE
from dsp_platform.exchange.contract import Record, RecordKind, Withdrawal, register_record_kind
from dsp_platform.exchange.ledger import services
from dsp_platform.exchange.models import Agreement, Operator

OPERATORS = ("family_package", "nssf")
NEVER = 7  # every seventh subject never consents
CHANGES = 20  # in each request
SUBJECTS = 4000
FIELDS = ["spid", "told"]
TABLES = """
CREATE TABLE storm_subject (id bigint PRIMARY KEY, version bigint, agreed boolean, told text);
CREATE TABLE storm_request (number bigint PRIMARY KEY, changes bigint);
"""
MAPPINGS = {
    "family_package": {
        "table": "fp_person",
        "key": {"field": "spid", "column": "spid"},
        "version": "dspp_version",
        "withdrawn": {"column": "deleted", "boolean": [False, True], "at": "deleted_on"},
        "columns": {"told": "full_name"},
    },
    "nssf": {
        "table": "membership.insured_person",
        "key": {"field": "spid", "column": "spid_no"},
        "version": "sync_no",
        "withdrawn": {"column": "status", "boolean": ["A", "W"]},
        "columns": {"told": {"column": "name_latin", "blank": ""}},
    },
}
CHANGE = """
INSERT INTO storm_subject AS old (id, version, agreed, told) VALUES (%(id)s, 1, %(agreed)s, %(told)s)
ON CONFLICT (id) DO UPDATE SET version = old.version + 1, agreed = excluded.agreed, told = excluded.told
RETURNING version
"""


def change(number: int) -> bool:
    """The changes of one request, applied once however often it is sent.

    False if they were applied before.
    """
    random = Random(number)  # noqa: S311
    chosen = sorted(random.sample(range(1, SUBJECTS + 1), CHANGES))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO storm_request VALUES (%s, %s) ON CONFLICT DO NOTHING", [number, CHANGES])
        if not cursor.rowcount:
            return False
        changed = []
        for subject in chosen:
            agreed = subject % NEVER != 0 and random.random() < 0.8
            cursor.execute(CHANGE, {"id": subject, "agreed": agreed, "told": f"{subject}-{number}"})
            changed.append((subject, cursor.fetchone()[0]))
        services.announce(kind=Storm.name, subjects=changed)
    return True


class Storm(RecordKind):
    name = "storm"
    fields = FIELDS

    def concerned(self, agreement: Agreement, subjects: Sequence[int]) -> set[int]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM storm_subject WHERE agreed AND id = ANY(%s)", [list(subjects)])
            return {pk for (pk,) in cursor.fetchall()}

    def build(self, agreement: Agreement, subjects: Sequence[int]) -> list[Record | Withdrawal]:
        with connection.cursor() as cursor:
            query = "SELECT id, version, agreed, told FROM storm_subject WHERE id = ANY(%s)"
            cursor.execute(query, [list(subjects)])
            return [
                Record(pk, version, {"spid": f"{pk:012d}", "told": told})
                if agreed
                else Withdrawal(pk, version, f"{pk:012d}")
                for pk, version, agreed, told in cursor.fetchall()
            ]

    def size(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM storm_subject")
            return cursor.fetchone()[0]

    def population(self, after: int, limit: int) -> list[tuple[int, int]]:
        with connection.cursor() as cursor:
            query = "SELECT id, version FROM storm_subject WHERE id > %s ORDER BY id LIMIT %s"
            cursor.execute(query, [after, limit])
            return cursor.fetchall()

    def subjects_of(self, field: str, keys: Sequence[str]) -> dict[str, int]:
        return {}  # no operator reports anything here


def on_this_machine() -> None:
    """The kind, and the clock: ``STORM_CLOCK`` seconds ahead of or behind all others."""
    register_record_kind(Storm())
    if ahead := int(os.environ.get("STORM_CLOCK", "0")):
        time_machine.travel(datetime.now(UTC) + timedelta(seconds=ahead), tick=True).start()


def prepare(servers: dict[str, str]) -> None:
    """The storm's own tables, and operators with their databases; returns the address of their server by
    code.
    """
    with database_roles.owner():
        with connection.cursor() as cursor:
            cursor.execute(TABLES)
        database_roles.grant()
    for code, server in servers.items():
        os.environ["OPERATOR_ADMIN_DATABASE_URL"] = server
        call_command("create_operator_databases", REFERENCE / f"{code}.sql", verbosity=0)
        operator = Operator.objects.create(code=code, name_en=code, name_km=code)
        with database_roles.owner():  # not put in force by two people
            Agreement.objects.create(
                operator=operator,
                kind=Storm.name,
                fields=FIELDS,
                mapping=MAPPINGS[code],
                concerns=Agreement.Concerns.RULE,
                rule="true",
                basis=Agreement.Basis.CONSENT,
                purpose_en="Storm",
                state=Agreement.State.APPROVED,
                valid_from=date(2026, 1, 1),
            )

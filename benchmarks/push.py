"""Ledger to operator database, against one raw COPY and upsert of the same rows into the same table."""

import os
import time
from collections.abc import Iterator, Sequence
from typing import Any

import psycopg
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from dsp_platform.database import roles as database_roles
from dsp_platform.exchange.contract import Record, RecordKind, Withdrawal, register_record_kind
from dsp_platform.exchange.delivery.drain import drain
from dsp_platform.exchange.ledger import services
from dsp_platform.exchange.mapping.layout import layout_of
from dsp_platform.exchange.models import Agreement, LedgerEntry, Operator

SIZE = 100_000
PAGE = 5000
OPERATOR = "family_package"
MAPPING = {
    "table": "fp_person",
    "key": {"field": "spid", "column": "spid"},
    "version": "dspp_version",
    "withdrawn": {"column": "deleted", "boolean": [False, True], "at": "deleted_on"},
    "columns": {
        "household_number": "household_no",
        "full_name": "full_name",
        "sex": {"column": "sex", "values": {"female": "F", "male": "M"}},
        "date_of_birth": "birth_date",
        "relationship": "relation",
        "is_head": "is_head",
        "disability": "component_disability",
    },
}
FIELDS = ["spid", *MAPPING["columns"]]  # type: ignore[misc]


def values_of(number: int) -> dict[str, Any]:
    return {
        "spid": f"{number:012d}",
        "household_number": f"H-{number // 5:08d}",
        "full_name": "ចាន់ សុខា",
        "sex": "female" if number % 2 else "male",
        "date_of_birth": f"{1940 + number % 80}-{1 + number % 12:02d}-{1 + number % 28:02d}",
        "relationship": "child",
        "is_head": number % 5 == 0,
        "disability": None,
    }


class Synthetic(RecordKind):
    """Records from arithmetic, so that only the exchange is measured."""

    name = "synthetic"
    fields = FIELDS
    keys = ("spid",)

    def concerned(self, agreement: Agreement, subjects: Sequence[int]) -> set[int]:
        return set(subjects)

    def build(self, agreement: Agreement, subjects: Sequence[int]) -> Iterator[Record | Withdrawal]:
        for number in subjects:
            yield Record(number, 1, values_of(number))

    def population(self, after: int, limit: int) -> list[tuple[int, int]]:
        return []

    def size(self) -> int:
        return 0

    def subjects_of(self, field: str, keys: Sequence[str]) -> dict[str, int]:
        return {}


@database_roles.owner()
def approved_agreement() -> Agreement:
    """Only the owner of the tables may create an agreement that no two stewards approved."""
    return Agreement.objects.create(
        operator=Operator.objects.create(code=OPERATOR, name_en="Family Package"),
        kind="synthetic",
        fields=FIELDS,
        mapping=MAPPING,
        concerns=Agreement.Concerns.RULE,
        rule="true",
        basis=Agreement.Basis.CONSENT,
        purpose="Benchmark",
        state=Agreement.State.APPROVED,
        valid_from=timezone.localdate(),
    )


def _raw(operator_db: psycopg.Connection[Any], size: int) -> float:
    """The limit: everything known beforehand, one COPY, one upsert, one commit."""
    layout = layout_of(MAPPING)
    columns = ", ".join(layout.column_names)
    changes = ", ".join(f"{name} = excluded.{name}" for name in layout.column_names[1:])
    started = time.perf_counter()
    with operator_db.transaction(), operator_db.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE raw ON COMMIT DROP AS SELECT {columns} FROM fp_person WITH NO DATA"
        )
        with cursor.copy(f"COPY raw ({columns}) FROM STDIN") as copy:
            for number in range(1, size + 1):
                copy.write_row(layout.record_row(1, values_of(number)))
        cursor.execute(
            f"INSERT INTO fp_person AS held ({columns}) SELECT {columns} FROM raw ON CONFLICT (spid) "
            f"DO UPDATE SET {changes} WHERE held.dspp_version < excluded.dspp_version"
        )
    return time.perf_counter() - started


def _bytes(tables: str) -> int:
    """Of all tables of such a name, with their indexes."""
    query = (
        "SELECT coalesce(sum(pg_total_relation_size(oid)), 0) FROM pg_class "
        "WHERE relname LIKE %s AND relkind = 'r'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [tables])
        return int(cursor.fetchone()[0])


def run(size: int) -> dict[str, Any]:
    register_record_kind(Synthetic())
    call_command("create_operator_databases", verbosity=0)
    approved_agreement()
    started = time.perf_counter()
    for first in range(1, size + 1, PAGE):
        page = [(number, 1) for number in range(first, min(first + PAGE, size + 1))]
        with transaction.atomic():
            services.announce(kind="synthetic", subjects=page)
    announced = time.perf_counter() - started
    with database_roles.owner(), connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE exchange_ledgerentry")
    bytes_each = {
        "bytes_a_ledger_entry": _bytes("exchange_ledgerentry") / size,
        "bytes_outstanding": _bytes("exchange_outstanding") / size,
    }
    with psycopg.connect(os.environ[f"OPERATOR_{OPERATOR.upper()}_DATABASE_URL"], autocommit=True) as own:
        before = _raw(own, size)
        own.execute("TRUNCATE fp_person")
        started = time.perf_counter()
        while drain(OPERATOR):
            pass
        delivered = time.perf_counter() - started
        arrived = own.execute("SELECT count(*) FROM fp_person").fetchone()
        own.execute("TRUNCATE fp_person")
        # Machines get slower and faster: the limit is taken on both sides of what is measured.
        raw = (before + _raw(own, size)) / 2
    if arrived != (size,) or LedgerEntry.objects.exclude(state="delivered").exists():
        raise RuntimeError("not everything was delivered")
    return {
        **bytes_each,
        "bytes_an_attempt": _bytes("exchange_attempt_%") / size,
        "announced_per_second": size / announced,
        "raw_per_second": size / raw,
        "delivered_per_second": size / delivered,
        "ratio_to_raw": raw / delivered,
    }

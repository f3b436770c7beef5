"""Grievances reported by many at once, beside the same rows inserted by raw psycopg."""

import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, connections

from dsp_platform.database.references import new_reference
from dsp_platform.exchange.models import Operator
from grievances import services as grievances
from grievances.models import Grievance

AT_ONCE, REPORTS = 32, 640


def rush() -> dict[str, Any]:
    # As of so many workers with a connection each: the pool of one process is smaller.
    pooled: Any = connection
    pooled.close_pool()
    connection.settings_dict["OPTIONS"]["pool"] |= {"max_size": AT_ONCE + 1, "timeout": 60}
    operator = Operator.objects.earliest("pk")
    submissions = [uuid4() for _ in range(REPORTS)]
    grievances.limits.take_report = lambda **_: None  # a rush from one machine is not a flood

    def report(submission: UUID) -> None:
        details = grievances.Details(category="payment", text="មិនទាន់បានប្រាក់", operator=operator)
        grievances.report_grievance(
            actor=None, assisted_session=None, submission=submission, details=details, language="km"
        )

    service = _together(report, submissions)
    lost = REPORTS - Grievance.objects.filter(submission__in=submissions).count()
    table = Grievance._meta.db_table
    columns = [field.column for field in Grievance._meta.local_concrete_fields if not field.primary_key]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)} FROM {table} WHERE submission = ANY (%s)", [submissions])
        rows = cursor.fetchall()
    insert = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))})"
    unique = [columns.index(name) for name in ("reference", "submission")]

    def insert_row(row: tuple[Any, ...]) -> None:
        values = list(row)
        values[unique[0]], values[unique[1]] = new_reference("G"), uuid4()
        with connection.cursor() as cursor:
            cursor.execute(insert, values)

    raw = _together(insert_row, rows)
    return {
        "grievances_lost": lost,
        "grievances_per_second": REPORTS / service,
        "raw_per_second": len(rows) / raw,
        "share_of_raw": (REPORTS / service) / (len(rows) / raw),
    }


def _together(act: Any, subjects: Iterable[Any]) -> float:
    def one(subject: Any) -> None:
        try:
            act(subject)
        finally:
            connections.close_all()  # back to the pool, as after a request

    started = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE, initializer=connections.close_all) as pool:
        for _done in pool.map(one, subjects):
            pass
    return time.perf_counter() - started

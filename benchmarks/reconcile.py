"""Find and make due a hundred differences between ledger and operator, against pushing all of it anew.

Both sides are filled by SQL. A full push is measured in the same run: really delivered by the drain up to
``SAMPLE`` records, and told per record beyond that (its speed does not depend on the size: ``push``).
"""

import os
import resource
import time
from typing import Any

import psycopg
from django.core.management import call_command
from django.db import connection, transaction

from benchmarks.push import OPERATOR, Synthetic, approved_agreement, values_of
from dsp_platform.database import roles as database_roles
from dsp_platform.exchange.contract import register_record_kind
from dsp_platform.exchange.delivery.drain import drain
from dsp_platform.exchange.ledger import entries as ledger
from dsp_platform.exchange.models import Agreement, LedgerEntry, Operator
from dsp_platform.exchange.reconcile.job import start_reconciliation
from dsp_platform.jobs.models import Job
from dsp_platform.jobs.services import run_job

SIZE = 1_000_000
SAMPLE = 100_000
# Of each kind: rows the operator lost, and rows it has in an older version.
LOST, OLDER = 60, 40


class Known(Synthetic):
    keys = ("spid",)

    def subjects_of(self, field: str, keys: list[str]) -> dict[str, int]:
        return {key: int(key) for key in keys}


def _fill(operator_db: psycopg.Connection[Any], agreement: Agreement, size: int) -> None:
    """As after a first fill: everything delivered, under numbers in an order of their own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO exchange_ledgerentry (operator_id, kind, subject_id, agreement_id, wanted_version, "
            "delivered_version, revision, delivered_revision, may_have_copy, state, reason, attempts, "
            "announced_at, delivered_at) "
            "SELECT %s, 'synthetic', number, %s, 1, 1, number, number, true, 'delivered', '', 0, "
            "now(), now() "
            "FROM generate_series(1, %s) AS number",
            [OPERATOR, agreement.pk, size],
        )
        cursor.execute("SELECT setval('exchange_revision', %s)", [size + LOST + OLDER])
    with database_roles.owner(), connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE exchange_ledgerentry")
    one = values_of(1)
    operator_db.execute(
        "INSERT INTO fp_person (spid, dspp_version, deleted, household_no, full_name, sex, birth_date, "
        "relation, is_head) SELECT lpad(number::text, 12, '0'), number, false, "
        "'H-' || lpad((number / 5)::text, 8, '0'), %s, CASE WHEN number %% 2 = 1 THEN 'F' ELSE 'M' END, "
        "date '1940-01-01' + (number %% 30000)::int, %s, number %% 5 = 0 "
        "FROM generate_series(1, %s) AS number",
        [one["full_name"], one["relationship"], size],
    )
    operator_db.execute("VACUUM ANALYZE fp_person")


def _differ(operator_db: psycopg.Connection[Any], size: int) -> None:
    """Spread over the whole table."""
    step = size // (LOST + OLDER)
    every = f"(dspp_version % {step}) = {step // 2} AND dspp_version / {step}"
    operator_db.execute(f"DELETE FROM fp_person WHERE {every} < {LOST}")
    with connection.cursor() as cursor:
        # The ledger delivered a newer version, the operator still has the one before it.
        cursor.execute(
            f"UPDATE exchange_ledgerentry SET revision = {size} + (revision / {step}), "
            f"delivered_revision = {size} + (revision / {step}) "
            f"WHERE revision % {step} = {step // 2} AND revision / {step} >= {LOST}"
        )


def _compare(operator: Operator) -> tuple[float, dict[str, int]]:
    job = start_reconciliation(operator=operator, actor=None)
    started = time.perf_counter()
    while run_job(job.pk):
        pass
    took = time.perf_counter() - started
    return took, Job.objects.get(pk=job.pk).result["synthetic"]


def _push(operator_db: psycopg.Connection[Any], size: int) -> float:
    """Seconds to deliver so many of the operator's rows anew, as a full push delivers all."""
    entries = list(LedgerEntry.objects.order_by("subject_id").values_list("pk", flat=True)[:size])
    started = time.perf_counter()
    with transaction.atomic():
        ledger.repeat(entries)
    while drain(OPERATOR):
        pass
    took = time.perf_counter() - started
    if LedgerEntry.objects.exclude(state="delivered").exists():
        raise RuntimeError("not everything was delivered")
    return took


def run(size: int) -> dict[str, Any]:
    register_record_kind(Known())
    call_command("create_operator_databases", verbosity=0)
    agreement = approved_agreement()
    with psycopg.connect(os.environ[f"OPERATOR_{OPERATOR.upper()}_DATABASE_URL"], autocommit=True) as own:
        _fill(own, agreement, size)
        _differ(own, size)
        compared, counted = _compare(agreement.operator)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        while drain(OPERATOR):
            pass
        again, clean = _compare(agreement.operator)
        sample = min(size, SAMPLE)
        pushed = _push(own, sample)
    differences = LOST + OLDER
    if counted != {
        "compared": size, "missing": differences, "surplus": 0, "unknown": 0, "repaired": differences,
    }:  # fmt: skip
        raise RuntimeError(f"not what was made different: {counted}")
    if clean["missing"] or clean["repaired"]:
        raise RuntimeError(f"not repaired: {clean}")
    full = pushed / sample * size
    return {
        "differences": differences,
        "compare_and_repair_seconds": compared,
        "compare_clean_seconds": again,
        "pushed_records": sample,
        "pushed_seconds": pushed,
        "full_push_seconds": full,
        "times_cheaper": full / compared,
        "comparison_peak_mib": round(peak, 1),
    }

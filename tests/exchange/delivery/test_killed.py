"""Workers are killed with -9 in the middle of a batch; nothing is lost and nothing is delivered twice."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings

from dsp_platform.exchange.delivery.drain import drain
from dsp_platform.exchange.models import Attempt, Lease, LedgerEntry, Operator, OperatorLease
from tests.exchange.conftest import announce
from tests.stack import wait_for

BASE = Path(__file__).resolve().parents[3]
SIZE = 3000
KILLS = 3


def run_out() -> None:
    for leases in (Lease, OperatorLease):
        leases.objects.update(until="2026-01-01T00:00Z")


def start_worker(**settings_of_it: str) -> subprocess.Popen[bytes]:
    name = settings.DATABASES["default"]["NAME"]
    environment = {
        **os.environ,
        "DATABASE_URL": re.sub(r"/[^/?]+$", f"/{name}", os.environ["DATABASE_URL"]),
        "DJANGO_SETTINGS_MODULE": "dsp_platform.settings",
        "PYTHONPATH": str(BASE),
        **settings_of_it,
    }
    return subprocess.Popen(
        [sys.executable, "-m", "tests.exchange.delivery.worker", str(SIZE)], cwd=BASE, env=environment
    )


def wait_for_a_batch(worker: subprocess.Popen[bytes], delivered: int) -> None:
    """Until the worker has delivered something more and has claimed a batch."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and worker.poll() is None:
        done = LedgerEntry.objects.filter(state="delivered").count()
        if done > delivered and Lease.objects.exists():
            return
    raise AssertionError("the worker never claimed a batch")


@pytest.mark.faults
@pytest.mark.django_db(transaction=True)
def test_workers_killed_in_the_middle_of_a_batch_lose_nothing(people, family_package, family_package_db):
    announce(*(people.add(number) for number in range(1, SIZE + 1)))
    for _kill in range(KILLS):
        worker = start_worker()
        wait_for_a_batch(worker, LedgerEntry.objects.filter(state="delivered").count())
        worker.kill()
        worker.wait()
        # The lease has run out.
        run_out()

    drain("family_package")
    assert LedgerEntry.objects.filter(state="delivered").count() == SIZE
    assert not Lease.objects.exists()
    held = family_package_db(
        "SELECT count(*), count(DISTINCT spid), count(DISTINCT dspp_version) FROM fp_person"
    )
    assert held == [(SIZE, SIZE, SIZE)]
    noted = Attempt.objects.filter(outcome="delivered")
    assert noted.count() == SIZE == noted.values("subject_id").distinct().count()


@pytest.mark.faults
@pytest.mark.django_db(transaction=True)
def test_a_stopped_worker_does_not_keep_its_operator(people, family_package, family_package_db, settings):
    """Frozen, not dead: its connections stay open. Another takes over within the life of a lease, and the
    frozen one, woken up, changes nothing."""
    settings.EXCHANGE_LEASE_SECONDS = 2
    announce(*(people.add(number) for number in range(1, SIZE + 1)))
    frozen = start_worker(EXCHANGE_LEASE_SECONDS="2", OPERATOR_FAMILY_PACKAGE_DATABASE_STATEMENT_SECONDS="1")
    try:
        wait_for_a_batch(frozen, 0)
        frozen.send_signal(signal.SIGSTOP)
        undelivered = LedgerEntry.objects.exclude(state="delivered").values_list("subject_id", flat=True)
        announce(people.change(undelivered[0]))  # newer than what the stopped worker has claimed

        def drained() -> bool:
            drain("family_package")
            return not undelivered.exists()

        wait_for(drained, seconds=15)
        before = list(LedgerEntry.objects.order_by("pk").values())
        operator = Operator.objects.values().get()
    finally:
        frozen.send_signal(signal.SIGCONT)
    frozen.wait(30)
    assert list(LedgerEntry.objects.order_by("pk").values()) == before
    now = Operator.objects.values().get()
    assert [now[name] for name in ("failures", "retry_at", "last_error")] == [0, None, ""]
    assert now["last_success_at"] == operator["last_success_at"]
    assert not Lease.objects.exists()
    held = dict(family_package_db("SELECT spid, dspp_version FROM fp_person"))
    assert held == {f"{entry['subject_id']:012d}": entry["delivered_revision"] for entry in before}

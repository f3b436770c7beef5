"""Workers are killed with -9 in the middle of a batch; afterwards nothing is lost and nothing there twice."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings

from dsp_platform.exchange.drain import drain
from dsp_platform.exchange.models import Attempt, Lease, LedgerEntry
from tests.exchange.conftest import announce
from tests.stack import wait_for

BASE = Path(__file__).resolve().parents[2]
SIZE = 3000
KILLS = 3


def start_worker() -> subprocess.Popen[bytes]:
    name = settings.DATABASES["default"]["NAME"]
    environment = {
        **os.environ,
        "DATABASE_URL": re.sub(r"/[^/?]+$", f"/{name}", os.environ["DATABASE_URL"]),
        "DJANGO_SETTINGS_MODULE": "dsp_platform.settings",
        "PYTHONPATH": str(BASE),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "tests.exchange.worker", str(SIZE)], cwd=BASE, env=environment
    )


def wait_for_a_batch(worker: subprocess.Popen[bytes], delivered: int) -> None:
    """Until the worker has delivered something more and has a batch in its hands."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and worker.poll() is None:
        done = LedgerEntry.objects.filter(state="delivered").count()
        if done > delivered and Lease.objects.exists():
            return
    raise AssertionError("the worker never had a batch in its hands")


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
        Lease.objects.update(until="2026-01-01T00:00Z")

    def drained() -> bool:
        """PostgreSQL may need a moment to see that the last one is dead, and to take its lock away."""
        drain("family_package")
        return not LedgerEntry.objects.filter(state="due").exists()

    wait_for(drained)
    assert LedgerEntry.objects.filter(state="delivered").count() == SIZE
    assert not Lease.objects.exists()
    held = family_package_db(
        "SELECT count(*), count(DISTINCT spid), count(DISTINCT dspp_version) FROM fp_person"
    )
    assert held == [(SIZE, SIZE, SIZE)]
    noted = Attempt.objects.filter(outcome="delivered")
    assert noted.count() == SIZE == noted.values("subject_id").distinct().count()

"""First fills and last withdrawals: page by page, resumed after a crash, after live changes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction

from dsp_platform.exchange.agreements import first_fill
from dsp_platform.exchange.agreements import services as agreements
from dsp_platform.exchange.agreements.services import end_agreement
from dsp_platform.exchange.delivery import leases
from dsp_platform.exchange.delivery.drain import drain
from dsp_platform.exchange.ledger import entries
from dsp_platform.exchange.models import LedgerEntry, Outstanding
from dsp_platform.exchange.tasks import follow_agreements
from dsp_platform.jobs.kinds import JobKind, kinds
from dsp_platform.jobs.models import Job
from dsp_platform.jobs.services import run_job, unfinished_jobs
from tests.exchange.conftest import agree, announce, entry
from tests.roles import as_owner
from tests.stack import database_url, wait_for

BASE = Path(__file__).resolve().parents[2]
# A separate worker that does ten at a time, so that it can be killed in the middle.
WORKER = """
import django
django.setup()
from django.core.management import call_command
from dsp_platform.exchange.contract import register_record_kind
from dsp_platform.exchange.agreements import first_fill
from tests.exchange.conftest import People
people = People()
for number in range(1, 5001):
    people.add(number)
register_record_kind(people)
first_fill.PAGE = 10
call_command("jobs", run="first_fill", parameters='{"kind": "person", "operator": "family_package"}')
"""


def due() -> int:
    return LedgerEntry.objects.filter(state="due").count()


@pytest.fixture
def filled(people, family_package):
    """The only job, after a sweep."""

    def of(count: int) -> Job:
        for number in range(1, count + 1):
            people.add(number)
        first_fill.fill_new_agreements()
        return Job.objects.get()

    return of


def test_it_knows_from_the_first_page_on_how_much_there_is(filled, monkeypatch):
    monkeypatch.setattr(first_fill, "PAGE", 10)
    job = filled(35)
    seen = []

    def fill_page(parameters, cursor):
        seen.append(Job.objects.values_list("done", "total").get())
        return first_fill.fill_page(parameters, cursor)

    monkeypatch.setitem(kinds.registered, "first_fill", JobKind("First fill", fill_page))
    run_job(job.pk)
    job.refresh_from_db()
    assert seen == [(0, None), (10, 35), (20, 35), (30, 35)]
    assert (job.state, job.done, job.total, due()) == ("done", 35, 35, 35)


def test_who_is_not_concerned_is_not_announced(filled, people):
    job = filled(10)
    for number in range(1, 5):
        people.rows[number].concerned = False
    run_job(job.pk)
    assert set(LedgerEntry.objects.values_list("subject_id", flat=True)) == set(range(5, 11))


@pytest.mark.faults
@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_it_skips_nobody_and_repeats_nobody(people, family_package):
    for number in range(1, 5001):
        people.add(number)
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "dsp_platform.settings",
    }
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER], cwd=BASE, env=environment, stdout=subprocess.DEVNULL
    )
    try:
        wait_for(lambda: Job.objects.filter(done__gte=100).exists())
    finally:
        worker.kill()
        worker.wait()
    job = Job.objects.get()
    assert 100 <= job.done < job.total == 5000
    assert job.done == due()
    Job.objects.update(heartbeat_at="2026-01-01T00:00Z")  # its worker is lost
    assert unfinished_jobs() == [job.pk]
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, due()) == ("done", 5000, 5000)


def test_a_live_change_is_in_the_next_batch_before_five_thousand_of_a_first_fill(filled, people):
    run_job(filled(5000).pk)
    announce(people.add(9000))
    lease = "00000000-0000-0000-0000-000000000001"
    claimed = leases.claim(operator="family_package", lease=lease, limit=100, seconds=60)
    assert len(claimed) == 100
    assert 9000 in {row.subject_id for row in claimed}
    assert Outstanding.objects.filter(backlog=True).count() == 4901


def test_a_command_shows_how_far_it_is(people, family_package, capsys):
    for number in range(1, 4):
        people.add(number)
    call_command("jobs", run="first_fill", parameters='{"kind": "person", "operator": "family_package"}')
    assert "3 of 3" in capsys.readouterr().out


@pytest.fixture
def shared(people, family_package, family_package_db, monkeypatch):
    """Twenty-five people at the operator; an ended agreement withdraws ten at once."""
    monkeypatch.setattr(agreements, "WITHDRAWN_AT_ONCE", 10)
    announce(*(people.add(number) for number in range(1, 26)))
    drain("family_package")
    return family_package.agreements.get()


def withdrawal_wanted() -> int:
    return LedgerEntry.objects.filter(state="due", agreement=None).count()


def test_an_ended_agreement_takes_back_the_first_at_once_and_the_rest_page_by_page(
    shared, people, family_package_db
):
    with as_owner():
        end_agreement(agreement=shared, actor=None)
    assert withdrawal_wanted() == 10
    for _time in range(2):
        follow_agreements()
    job = Job.objects.get(kind="withdraw_all")
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.total, withdrawal_wanted()) == ("done", 25, 25, 25)
    drain("family_package")
    assert LedgerEntry.objects.filter(state="withdrawn").count() == 25
    assert family_package_db("SELECT count(*) FROM fp_person WHERE NOT deleted") == [(0,)]


def test_nothing_is_taken_back_once_another_agreement_is_in_force(shared, family_package):
    with as_owner():
        end_agreement(agreement=shared, actor=None)
    follow_agreements()
    agree(family_package, number=2)
    job = Job.objects.get(kind="withdraw_all")
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, withdrawal_wanted()) == ("done", 10)


def test_what_is_on_its_way_out_is_not_made_due_again(shared):
    with as_owner():
        end_agreement(agreement=shared, actor=None)
    before = entry(1).revision
    with transaction.atomic():
        entries.withdraw_page(operator="family_package", kind="person", after=0, limit=25)
    assert entry(1).revision == before
    assert entry(25).agreement is None

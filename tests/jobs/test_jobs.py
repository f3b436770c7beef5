from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from dsp_platform.exchange.agreements import first_fill
from dsp_platform.exchange.models import LedgerEntry
from dsp_platform.jobs import services
from dsp_platform.jobs.kinds import JobKind, JobStep, kinds
from dsp_platform.jobs.models import Job


@pytest.fixture
def counting(db, monkeypatch):
    """A job of five steps that records what it saw, and fails where it is told to."""
    seen: list = []

    def work(parameters, cursor):
        at = cursor or 0
        seen.append(at)
        if parameters.get("fail_at") == at:
            raise ValueError("name of a person")
        return JobStep(cursor=at + 1 if at < 4 else None, done=10, total=50)

    monkeypatch.setitem(kinds.registered, "counting", JobKind("Counting", work))
    return seen


def start(**parameters: object) -> Job:
    with transaction.atomic():
        return services.create_job(kind="counting", parameters=parameters, created_by=None)


def test_a_job_runs_to_its_end(counting):
    job = start()
    assert services.run_job(job.pk) is False
    job.refresh_from_db()
    assert (job.state, job.done, job.total, counting) == ("done", 50, 50, [0, 1, 2, 3, 4])


def test_a_turn_ends_and_the_next_goes_on(counting):
    job = start()
    assert services.run_job(job.pk, turn=0) is True
    services.run_job(job.pk)
    assert counting == [0, 1, 2, 3, 4]


def test_a_failed_job_tells_no_personal_data_and_goes_on_where_it_stopped(counting, steward):
    job = start(fail_at=2)
    services.run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error, job.done) == ("failed", "ValueError", 20)
    Job.objects.update(parameters={})
    services.retry_job(job=job, actor=steward)
    services.run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, counting) == ("done", 50, [0, 1, 2, 2, 3, 4])


def test_a_session_that_the_database_ends_is_no_failure_of_the_job(counting, monkeypatch):
    def ended(*_arguments):
        with connection.cursor() as cursor:
            cursor.execute("DO $$ BEGIN RAISE SQLSTATE '57P01'; END $$")

    work = kinds.registered["counting"]
    monkeypatch.setitem(kinds.registered, "counting", JobKind("Counting", ended))
    job = start()
    assert services.run_job(job.pk) is False
    job.refresh_from_db()
    assert (job.state, services.unfinished_jobs()) == ("waiting", [job.pk])
    monkeypatch.setitem(kinds.registered, "counting", work)
    services.run_job(job.pk)
    assert counting == [0, 1, 2, 3, 4]


def test_the_sweep_finds_jobs_without_a_heartbeat(counting):
    waiting, lost, alive = start(), start(), start()
    now = timezone.now()
    Job.objects.filter(pk=lost.pk).update(state="running", heartbeat_at=now - timedelta(minutes=5))
    Job.objects.filter(pk=alive.pk).update(state="running", heartbeat_at=now)
    assert services.unfinished_jobs() == [waiting.pk, lost.pk]


def test_a_kind_nobody_knows_is_refused(db):
    with pytest.raises(KeyError):
        services.create_job(kind="holiday", parameters={}, created_by=None)
    with pytest.raises(CommandError):
        call_command("jobs", run="holiday")


def test_first_fill_announces_everybody_page_by_page(people, family_package, monkeypatch):
    monkeypatch.setattr(first_fill, "PAGE", 10)
    for number in range(1, 36):
        people.add(number)
    first_fill.fill_new_agreements()
    first_fill.fill_new_agreements()
    job = Job.objects.get()
    services.run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done) == ("done", 35)
    assert LedgerEntry.objects.filter(state="due", operator=family_package).count() == 35


def test_the_command_runs_a_job_and_lists_it(people, family_package, capsys):
    people.add(1)
    call_command("jobs", run="first_fill", parameters='{"kind": "person", "operator": "family_package"}')
    call_command("jobs")
    assert "first_fill   done     1" in capsys.readouterr().out

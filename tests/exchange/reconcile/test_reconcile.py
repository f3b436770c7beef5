"""Comparing operators' tables that lost rows or have rows that they should not have."""

import json
import os
import re
import subprocess
import sys
import threading
from datetime import timedelta

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from django.utils import timezone

from dsp_platform.exchange.delivery.drain import drain
from dsp_platform.exchange.models import LedgerEntry, Operator
from dsp_platform.exchange.reconcile import ranges
from dsp_platform.exchange.reconcile.job import KIND, start_reconciliation
from dsp_platform.jobs import services as jobs
from dsp_platform.jobs.models import Job
from tests.exchange.conftest import announce, entry
from tests.exchange.delivery.test_killed import BASE
from tests.exchange.operations.test_admin import act, signed_in
from tests.roles import as_owner
from tests.stack import database_url, wait_for

URL = "OPERATOR_FAMILY_PACKAGE_DATABASE_URL"
NOTHING = {"missing": 0, "surplus": 0, "unknown": 0, "repaired": 0}


def compare(operator: Operator) -> dict[str, int]:
    """The whole comparison; the result without the number compared."""
    job = start_reconciliation(operator=operator, actor=None)
    assert jobs.run_job(job.pk) is False
    job.refresh_from_db()
    assert job.state == "done", job.error
    return {name: job.result["person"][name] for name in NOTHING}


def found(**numbers: int) -> dict[str, int]:
    return {**NOTHING, **numbers}


def draw() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('exchange_revision')")
        return cursor.fetchone()[0]


def plant(database, number: int) -> None:
    """A row at the operator under a number that is not in the ledger."""
    database(
        "INSERT INTO fp_person (spid, full_name, dspp_version) VALUES (%s, 'X', %s)",
        f"{number:012d}", draw(),
    )  # fmt: skip


def assert_operator_is_right(people, database) -> None:
    """Each person's newest version under the ledger's number, or a tombstone if it may not have it."""
    ledger = dict(
        LedgerEntry.objects.filter(delivered_revision__gt=0).values_list("subject_id", "delivered_revision")
    )
    rows = database("SELECT spid, dspp_version, deleted, full_name FROM fp_person")
    found_rows = {int(spid): rest for spid, *rest in rows if int(spid) in people.rows}
    wanted = {
        number: [revision, not one.concerned, one.values["full_name"] if one.concerned else None]
        for number, revision in ledger.items()
        for one in [people.rows[number]]
    }
    assert found_rows == wanted


def test_a_hundred_differences_are_found_among_thousands_and_repaired_once(
    people, delivered, family_package, family_package_db, monkeypatch, caplog
):
    # So small that the comparison needs many steps.
    for name, value in {"FIRST_RANGES": 8, "MOST_RANGES": 64, "SMALL": 20, "CHUNK": 100}.items():
        monkeypatch.setattr(ranges, name, value)
    delivered(2000)
    old = family_package_db("SELECT * FROM fp_person WHERE spid::bigint BETWEEN 1000 AND 1039")
    announce(*(people.change(number, full_name="ថ្មី") for number in range(1000, 1030)))
    for number in range(1030, 1040):
        people.rows[number].concerned = False
    announce(*((number, 1) for number in range(1030, 1040)))
    drain("family_package")
    # 40 with an older version, ten of them of people who withdrew their consent; 40 lost.
    family_package_db("DELETE FROM fp_person WHERE spid::bigint BETWEEN 1000 AND 1039")
    slots = ", ".join(["%s"] * len(old[0]))
    for row in old:
        family_package_db(f"INSERT INTO fp_person VALUES ({slots})", *row)
    family_package_db("DELETE FROM fp_person WHERE spid::bigint %% 50 = 41")
    # Ten rows of people that were never delivered, five of whom it may not have; ten with unknown keys.
    for number in range(3001, 3011):
        people.add(number)
        people.rows[number].concerned = number > 3005
        plant(family_package_db, number)
    for number in range(9001, 9011):
        plant(family_package_db, number)

    result = compare(family_package)
    assert result == found(missing=80, surplus=10, unknown=10, repaired=90)
    assert LedgerEntry.objects.filter(state="due").count() == 90
    job = Job.objects.get(kind=KIND)
    assert job.done == job.total == 2000
    kept = json.dumps([job.cursor, job.result, job.parameters]) + caplog.text
    assert not re.search(r"\d{12}", kept)

    drain("family_package")
    assert_operator_is_right(people, family_package_db)
    assert family_package_db("SELECT count(*) FROM fp_person WHERE full_name = 'X'") == [(10,)]
    assert compare(family_package) == found(unknown=10)


def test_an_operator_restored_from_last_weeks_backup_is_brought_up_to_date(
    people, delivered, family_package, family_package_db
):
    delivered(1000)
    family_package_db("DROP TABLE IF EXISTS backup")
    family_package_db("CREATE TABLE backup AS SELECT * FROM fp_person")
    announce(*(people.change(number, full_name="ថ្មី") for number in range(1, 301)))
    for number in range(301, 351):
        people.rows[number].concerned = False
    announce(*((number, 1) for number in range(301, 351)))
    announce(*(people.add(number) for number in range(1001, 1051)))
    drain("family_package")
    assert_operator_is_right(people, family_package_db)
    family_package_db("TRUNCATE fp_person")
    family_package_db("INSERT INTO fp_person SELECT * FROM backup")
    family_package_db("DROP TABLE backup")

    assert compare(family_package) == found(missing=400, repaired=400)
    drain("family_package")
    assert_operator_is_right(people, family_package_db)
    assert compare(family_package) == NOTHING
    family_package.refresh_from_db()
    assert family_package.reconciled_at


@pytest.mark.django_db(transaction=True)
def test_two_comparisons_at_once_repair_each_difference_once(
    people, delivered, family_package, family_package_db
):
    delivered(600)
    family_package_db("DELETE FROM fp_person WHERE spid::bigint %% 4 = 1")
    with transaction.atomic():
        both = [
            jobs.create_job(kind=KIND, parameters={"operator": "family_package"}, created_by=None)
            for _one in range(2)
        ]

    def run(job: Job) -> None:
        try:
            jobs.run_job(job.pk)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[job]) for job in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    results = [job.result["person"] for job in Job.objects.filter(kind=KIND)]
    assert sum(result["repaired"] for result in results) == 150
    drain("family_package")
    assert_operator_is_right(people, family_package_db)
    assert LedgerEntry.objects.filter(state="delivered").count() == 600


def test_whoever_starts_it_while_it_runs_gets_the_same_job(family_package, steward):
    first = start_reconciliation(operator=family_package, actor=steward)
    assert start_reconciliation(operator=family_package, actor=None) == first
    Job.objects.update(state="done")
    assert start_reconciliation(operator=family_package, actor=None) != first


def test_a_steward_starts_it_from_the_list_of_operators(family_package, steward, nssf_reviewer):
    act(signed_in(nssf_reviewer), "operator", "compare", "family_package")
    assert not Job.objects.exists()
    page = act(signed_in(steward), "operator", "compare", "family_package")
    assert page.status_code == 200
    assert [(job.kind, job.created_by) for job in Job.objects.all()] == [(KIND, steward)]


@pytest.mark.faults
@pytest.mark.django_db(transaction=True)
def test_a_comparison_killed_in_the_middle_goes_on_where_it_stopped(
    people, delivered, family_package, family_package_db
):
    delivered(300)
    family_package_db("DELETE FROM fp_person WHERE spid::bigint <= 60")
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "dsp_platform.settings",
        "PYTHONPATH": str(BASE),
    }
    # Another transaction locks a row that is to be repaired, so that the worker blocks in the middle.
    with psycopg.connect(database_url()) as somebody:
        somebody.execute("SELECT FROM exchange_ledgerentry WHERE subject_id = 30 FOR UPDATE")
        worker = subprocess.Popen(
            [sys.executable, "-m", "tests.exchange.delivery.worker", "300", "reconcile", "family_package"],
            cwd=BASE,
            env=environment,
            stdout=subprocess.DEVNULL,
        )
        try:
            wait_for(_somebody_waits)
        finally:
            worker.kill()
            worker.wait()
    wait_for(lambda: not _somebody_waits())
    job = Job.objects.get(kind=KIND)
    assert (job.state, job.cursor["tally"]["repaired"]) == ("running", 0)
    assert job.cursor["parts"]
    assert jobs.unfinished_jobs() == []
    Job.objects.update(heartbeat_at=timezone.now() - timedelta(minutes=5))
    assert jobs.unfinished_jobs() == [job.pk]
    assert compare(family_package) == found(missing=60, repaired=60)
    assert Job.objects.count() == 1
    drain("family_package")
    assert_operator_is_right(people, family_package_db)


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
            "AND query LIKE '%delivered_revision%FOR NO KEY UPDATE%' AND datname = current_database()"
        )
        return bool(cursor.fetchall())


def test_an_operator_that_goes_down_in_the_middle_is_waited_for(
    people, delivered, family_package, family_package_db, monkeypatch
):
    delivered(200)
    family_package_db("DELETE FROM fp_person WHERE spid::bigint <= 10")
    job = start_reconciliation(operator=family_package, actor=None)
    assert jobs.run_job(job.pk, turn=0.001) is True  # the first query
    good = os.environ[URL]
    monkeypatch.setenv(URL, re.sub(r":\d+/", ":1/", good))
    assert jobs.run_job(job.pk) is False
    job.refresh_from_db()
    assert (job.state, job.error) == ("waiting", "unreachable")
    family_package.refresh_from_db()
    assert family_package.failures == 0  # only deliveries mark an operator as failed

    monkeypatch.setenv(URL, good)
    jobs.run_job(job.pk)
    job.refresh_from_db()
    assert job.state == "waiting"  # not before its time
    Job.objects.update(cursor={**job.cursor, "retry_at": "2026-01-01T00:00:00+00:00"})
    jobs.run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error, job.result["person"]["repaired"]) == ("done", "", 10)


def test_a_table_that_stays_away_is_given_up_and_said(family_package, family_package_db):
    family_package_db("ALTER TABLE fp_person RENAME TO away")
    try:
        job = start_reconciliation(operator=family_package, actor=None)
        for _try in range(10):
            jobs.run_job(job.pk)
            job.refresh_from_db()
            Job.objects.update(cursor={**job.cursor, "retry_at": ""})
    finally:
        family_package_db("ALTER TABLE away RENAME TO fp_person")
    job.refresh_from_db()
    assert (job.state, job.result["person"]["problem"]) == ("done", "missing_table")
    family_package.refresh_from_db()
    assert family_package.reconciled_at is None


def test_after_a_restore_of_our_own_database_new_numbers_beat_what_operators_hold(
    people, delivered, family_package, family_package_db
):
    delivered(100)
    before = draw()
    kept = list(LedgerEntry.objects.values_list("pk", "revision", "delivered_revision", "wanted_version"))
    announce(*(people.change(number, full_name="ចាស់") for number in range(1, 21)))
    drain("family_package")
    for pk, revision, delivered_revision, wanted in kept:
        LedgerEntry.objects.filter(pk=pk).update(
            revision=revision, delivered_revision=delivered_revision, wanted_version=wanted
        )
    for number in range(1, 21):
        people.add(number)
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('exchange_revision', %s)", [before])

    assert compare(family_package) == found(missing=20, repaired=20)
    drain("family_package")
    assert_operator_is_right(people, family_package_db)
    assert compare(family_package) == NOTHING
    announce(people.change(50))
    [(highest,)] = family_package_db("SELECT max(dspp_version) FROM fp_person")
    assert entry(50).revision > highest


def test_what_waits_for_delivery_is_left_to_it(people, delivered, family_package, family_package_db):
    delivered(50)
    announce(*(people.change(number) for number in range(1, 11)))
    family_package_db("DELETE FROM fp_person WHERE spid::bigint <= 10")
    assert compare(family_package) == NOTHING
    drain("family_package")
    assert_operator_is_right(people, family_package_db)


def test_an_operator_that_cannot_be_asked_is_reported_as_such(people, family_package):
    with as_owner():
        Operator.objects.update(adapter="fake_accept")
    job = start_reconciliation(operator=family_package, actor=None)
    jobs.run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result) == ("done", {"comparable": False})
    family_package.refresh_from_db()
    assert family_package.reconciled_at is None


def test_the_command_shows_what_was_found_and_fails_where_it_could_not_look(
    delivered, family_package, family_package_db, monkeypatch, capsys
):
    delivered(20)
    family_package_db("DELETE FROM fp_person WHERE spid::bigint = 7")
    call_command("reconcile")
    shown = capsys.readouterr().out
    assert "20 of 20" in shown
    assert "person: compared 20, missing 1, surplus 0, unknown 0, repaired 1" in shown
    monkeypatch.delenv(URL)
    with pytest.raises(CommandError, match="family_package"):
        call_command("reconcile", "family_package")
    with pytest.raises(CommandError, match="nobody"):
        call_command("reconcile", "nobody")

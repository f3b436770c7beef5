"""An operator's database refuses connections for an hour, or a worker crashes while it writes there.

The others go on.
"""

import os
from collections import Counter

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from applications.services import submit_application
from dsp_platform.accounts.models import User
from dsp_platform.background import workers
from dsp_platform.exchange.models import Attempt, Lease, LedgerEntry, Operator, OperatorLease
from dsp_platform.exchange.tasks import sweep
from dsp_platform.notifications.models import DemoMessage, Message
from registry.models import Person, Programme
from registry.registration.services import register_household
from tests.registry.cast import child_details, household_details, person_details
from tests.stack import celery_worker, operator_rows, wait_for

HOUSEHOLDS, APPLICANTS = 20, 5
MEMBERS = "SELECT count(*), count(DISTINCT spid) FROM hh_request_member"


@pytest.fixture
def notified(broker, monkeypatch):
    """Messages of this process go to this test's worker."""
    monkeypatch.setenv("CELERY_BROKER_WRITE_URL", broker.url)
    monkeypatch.setattr(workers, "_paused_until", 0.0)
    workers.close()
    yield
    workers.close()


@pytest.fixture
def no_way_in(country):
    """IDPoor's administrator has closed its database. Call it to open it again."""
    name = sql.Identifier(str(conninfo_to_dict(os.environ["OPERATOR_IDPOOR_DATABASE_URL"])["dbname"]))

    def lets_in(word: str) -> None:
        with psycopg.connect(os.environ["OPERATOR_ADMIN_DATABASE_URL"], autocommit=True) as admin:
            admin.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS " + word).format(name))

    lets_in("false")
    yield lambda: lets_in("true")
    lets_in("true")


def register(number: int) -> Person:
    """A mother who walks with difficulty, and her child."""
    actor = User.objects.create_citizen(phone=f"+85512300{number:03}")
    operators = ("idpoor", "nssf", "disability")
    head = person_details(walking=3, phone=f"+85512300{number:03}")
    register_household(actor=actor, details=household_details(head, child_details(), operators=operators))
    return actor.person


def apply(person: Person) -> None:
    programme = Programme.objects.filter(operator="nssf", takes_applications=True, state="open").first()
    assert programme
    submit_application(
        actor=person.account, assisted_session=None, person=person, programme=programme, consent=True
    )


def still_due(operator: str) -> int:
    return LedgerEntry.objects.filter(operator=operator).exclude(state="delivered").count()


def each_delivered_once() -> bool:
    subject = ("operator", "kind", "subject_id")
    noted = Attempt.objects.filter(outcome="delivered").values_list(*subject, "version")
    return Counter(noted) == Counter(LedgerEntry.objects.values_list(*subject, "delivered_version"))


def test_one_operator_is_away_for_an_hour(no_way_in, worker, notified):
    for number in range(HOUSEHOLDS):
        person = register(number)
        if number < APPLICANTS:
            apply(person)
    for operator in ("disability", "nssf"):
        wait_for(lambda operator=operator: not still_due(operator))
    assert operator_rows("disability", "SELECT count(*) FROM di_person") == [(HOUSEHOLDS,)]
    assert operator_rows("nssf", "SELECT count(*) FROM membership.insured_person") == [(APPLICANTS,)]
    wait_for(lambda: not Message.objects.filter(state="due").exists())

    # Nothing is lost, no record is blamed, and the steward sees which operator it is.
    idpoor = Operator.objects.get(pk="idpoor")
    assert idpoor.failures
    assert idpoor.last_error in ("wrong_password", "unreachable")
    assert idpoor.retry_at
    assert LedgerEntry.objects.filter(operator=idpoor, state="due").count() == HOUSEHOLDS * 3

    no_way_in()
    Operator.objects.filter(pk="idpoor").update(retry_at="2026-01-01T00:00Z")  # the hour is over
    sweep()
    wait_for(lambda: not still_due("idpoor"))
    assert operator_rows("idpoor", "SELECT count(*) FROM hh_request") == [(HOUSEHOLDS,)]
    assert operator_rows("idpoor", MEMBERS) == [(HOUSEHOLDS * 2, HOUSEHOLDS * 2)]
    assert each_delivered_once()
    sent = HOUSEHOLDS + APPLICANTS  # the SPID to each, and the receipts
    assert Message.objects.filter(state="sent").count() == DemoMessage.objects.count() == sent
    assert set(DemoMessage.objects.values_list("phone", flat=True)) == {
        f"+85512300{number:03}" for number in range(HOUSEHOLDS)
    }


def test_a_worker_is_killed_while_it_writes(started, country, notified, tmp_path):
    """The task's message is lost with it and its lease remains: the sweep finds both."""
    first = started(celery_worker(tmp_path / "first.log"))
    with psycopg.connect(os.environ["OPERATOR_IDPOOR_DATABASE_URL"]) as holder:
        holder.execute("LOCK TABLE hh_request_member")
        for number in range(HOUSEHOLDS):
            register(number)
        wait_for(
            lambda: holder.execute(
                "SELECT 1 FROM pg_locks WHERE relation = 'hh_request_member'::regclass AND NOT granted"
            ).fetchone()
        )
        first.kill()
    held = Lease.objects.filter(operator="idpoor")
    assert held.exists()
    for leases in (held, OperatorLease.objects):
        leases.update(until="2026-01-01T00:00Z")  # the leases have expired
    started(celery_worker(tmp_path / "second.log"))

    def found_by_the_sweep() -> bool:
        sweep()  # as beat does again and again
        return not LedgerEntry.objects.exclude(state="delivered").exists()

    wait_for(found_by_the_sweep)
    assert operator_rows("idpoor", "SELECT count(*) FROM hh_request") == [(HOUSEHOLDS,)]
    assert operator_rows("idpoor", MEMBERS) == [(HOUSEHOLDS * 2, HOUSEHOLDS * 2)]
    assert each_delivered_once()

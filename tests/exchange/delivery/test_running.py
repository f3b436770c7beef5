"""Deliveries in parallel: messages, slots, pace, quiet hours, batches that never overlap."""

import socket
import threading
from datetime import datetime, time, timedelta
from uuid import uuid4

import pytest
import redis
from django.db import connections
from django.utils import timezone

from dsp_platform.background import workers
from dsp_platform.devserver.supervisor import WORKERS, worker_command
from dsp_platform.exchange.adapters.directory import ADAPTERS
from dsp_platform.exchange.delivery import leases
from dsp_platform.exchange.delivery.drain import drain
from dsp_platform.exchange.ledger import availability
from dsp_platform.exchange.ledger.selectors import operators_with_work
from dsp_platform.exchange.models import Agreement, Attempt, LedgerEntry, Operator
from dsp_platform.exchange.reports import services as reports
from dsp_platform.exchange.tasks import pull_all
from tests.exchange.conftest import agree, announce
from tests.faults.conftest import broker, catalogue, country, started
from tests.faults.test_operators_down import notified, register, still_due
from tests.roles import as_owner
from tests.stack import Process, operator_rows, wait_for

__all__ = ["broker", "catalogue", "country", "notified", "started"]


@pytest.fixture
def queue(settings, monkeypatch):
    """The operators for which a message is in the queue of deliveries."""
    monkeypatch.setattr(workers, "_paused_until", 0.0)
    with redis.Redis.from_url(settings.REDIS_URL) as line:
        line.flushdb()
        yield lambda: line.llen("delivery")
        line.flushdb()


@pytest.mark.django_db(transaction=True)
def test_a_hundred_commits_are_one_message(people, family_package, queue):
    for number in range(1, 101):
        announce(people.add(number))
    assert queue() == 1


@pytest.mark.django_db(transaction=True)
def test_a_commit_during_a_delivery_is_delivered_and_the_next_one_is_told_anew(
    people, family_package, queue, monkeypatch
):
    """A second worker that gets a message meanwhile leaves it to the first, which looks for work again."""
    adapter, pushed = ADAPTERS["fake_accept"], []
    accept = adapter.push

    def push(agreement, deliveries):
        if not pushed:
            announce(people.add(2))
            assert drain("family_package") is False
            announce(people.add(3))
            connections.close_all()
        pushed.append(len(deliveries))
        return accept(agreement, deliveries)

    monkeypatch.setattr(adapter, "push", push, raising=False)
    with as_owner():
        Operator.objects.update(adapter="fake_accept")
    announce(people.add(1))
    drain("family_package")
    assert pushed == [1, 2]
    assert queue() == 1  # of the first commit; no worker took it
    assert not LedgerEntry.objects.exclude(state="delivered").exists()
    announce(people.add(4))
    assert queue() == 2


@pytest.mark.django_db(transaction=True)
def test_a_lost_message_keeps_others_back_for_seconds_only(people, family_package, queue, settings):
    announce(people.add(1))
    with redis.Redis.from_url(settings.REDIS_URL) as line:
        assert 0 < line.ttl("queued:exchange.drain:family_package") <= workers.QUEUED_SECONDS


def test_no_more_than_its_rate_goes_to_an_operator_in_a_minute(people, family_package):
    with as_owner():
        Operator.objects.update(adapter="fake_accept", rate_per_minute=100)
    old = {"operator": family_package, "kind": "person", "version": 1, "outcome": "delivered"}
    over = timezone.now() - timedelta(seconds=61)
    Attempt.objects.bulk_create(Attempt(**old, at=over, subject_id=number) for number in range(500))
    announce(*(people.add(number) for number in range(1, 251)))
    drain("family_package", batch=30)
    assert LedgerEntry.objects.filter(state="delivered").count() == 100
    assert operators_with_work() == []
    Operator.objects.update(rate_per_minute=130)
    assert operators_with_work() == ["family_package"]
    drain("family_package", batch=50)
    assert LedgerEntry.objects.filter(state="delivered").count() == 130


def test_what_is_on_its_way_counts_as_sent(people, family_package):
    Operator.objects.update(rate_per_minute=100)
    announce(*(people.add(number) for number in range(1, 251)))
    leases.claim(operator="family_package", lease=uuid4(), limit=70, seconds=60)
    assert availability.allowance("family_package") == 30


@pytest.mark.parametrize(
    ("hours", "now", "quiet"),
    [
        ((time(22), time(6)), "21:59", False),
        ((time(22), time(6)), "22:00", True),
        ((time(22), time(6)), "05:59", True),
        ((time(22), time(6)), "06:00", False),
        ((time(12), time(14)), "11:59", False),
        ((time(12), time(14)), "12:00", True),
        ((time(12), time(14)), "14:00", False),
        ((None, None), "03:00", False),
    ],
)
def test_quiet_hours_are_by_the_clock_of_phnom_penh(family_package, hours, now, quiet):
    Operator.objects.update(quiet_from=hours[0], quiet_to=hours[1])
    at = datetime.fromisoformat(f"2026-11-23T{now}:00+07:00")
    assert availability.operator_ready("family_package", at) is not quiet


def test_in_quiet_hours_nothing_is_sent_and_nothing_read(people, family_package, monkeypatch):
    sent = []
    monkeypatch.setattr(workers, "notify", lambda task, codes, **options: sent.extend(codes))
    with as_owner():
        Operator.objects.update(
            adapter="fake_accept", status_mapping={"table": "any"}, quiet_from=time(0), quiet_to=time.max
        )
    announce(people.add(1))
    assert operators_with_work() == []
    drain("family_package")
    pull_all()
    assert reports.pull("family_package") is False
    assert (LedgerEntry.objects.get().state, sent) == ("due", [])
    Operator.objects.update(quiet_from=None, quiet_to=None)
    drain("family_package")
    pull_all()
    assert (LedgerEntry.objects.get().state, sent) == ("delivered", ["family_package"])


@pytest.mark.django_db(transaction=True)
def test_claims_of_four_at_once_never_overlap(people, family_package):
    announce(*(people.add(number) for number in range(1, 1001)))
    claimed: list[int] = []

    def work() -> None:
        try:
            while rows := leases.claim(operator="family_package", lease=uuid4(), limit=30, seconds=60):
                claimed.extend(row.subject_id for row in rows)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _drain in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claimed) == list(range(1, 1001))


@pytest.fixture
def never_answers():
    """A server that accepts connections, never answers, and counts them."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(50)
        kept: list[socket.socket] = []

        def listen() -> None:
            while True:
                try:
                    kept.append(listener.accept()[0])
                except OSError:
                    return

        threading.Thread(target=listen, daemon=True).start()
        yield f"postgresql://any:any@127.0.0.1:{listener.getsockname()[1]}/any", kept
        listener.shutdown(socket.SHUT_RDWR)
        for line in kept:
            line.close()


HANGING = ("hangs-1", "hangs-2", "hangs-3", "hangs-4")


def may_know_everybody(code: str) -> None:
    like = Agreement.objects.get(operator="idpoor", kind="person")
    changes = {"basis": "law", "legal_reference": "1", "fields": like.fields, "mapping": like.mapping}
    agree(Operator.objects.create(code=code, name_en=code), **changes)


@pytest.mark.faults
def test_operators_that_hang_together_cost_the_others_nothing(started, notified, never_answers, tmp_path):
    """The real worker of `make run`: while some operators hang, another gets its deliveries."""
    url, waiting = never_answers
    addresses = {}
    for code in HANGING:
        variable = f"OPERATOR_{code.upper().replace('-', '_')}_DATABASE_"
        addresses |= {f"{variable}URL": url, f"{variable}CONNECT_SECONDS": "120"}
        may_know_everybody(code)
    worker = started(Process(worker_command(*WORKERS["delivery"]), tmp_path / "worker.log", addresses))
    register(0)
    wait_for(lambda: len(waiting) == len(HANGING) and not still_due("disability"))
    for number in range(1, 6):
        register(number)
    wait_for(lambda: not still_due("disability"))
    assert operator_rows("disability", "SELECT count(*) FROM di_person") == [(6,)]
    assert [still_due(code) for code in HANGING] == [12] * 4
    assert not Operator.objects.filter(failures__gt=0).exists()  # they were blocked all the time
    worker.kill()  # or it would wait for them

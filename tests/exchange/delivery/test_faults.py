"""Faults of real parts: afterwards nothing is lost and nothing there twice."""

import base64
import json
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import nullcontext
from uuid import uuid4

import pytest
import redis
from django.db import connection, connections, transaction

from dsp_platform.background import workers
from dsp_platform.exchange.adapters.base import OperatorUnavailable
from dsp_platform.exchange.adapters.directory import ADAPTERS
from dsp_platform.exchange.delivery.drain import drain
from dsp_platform.exchange.delivery.packing import pack
from dsp_platform.exchange.ledger import operator_leases, services
from dsp_platform.exchange.models import Attempt, Lease, LedgerEntry, Operator, Outstanding
from tests.exchange.conftest import announce, entry
from tests.roles import as_owner
from tests.stack import dials, wait_for

URL = "OPERATOR_FAMILY_PACKAGE_DATABASE_URL"


def reach_again(operator: Operator) -> None:
    """As if the hour had passed."""
    Operator.objects.filter(pk=operator.pk).update(retry_at=None)


def failed_with(operator: Operator) -> str:
    operator.refresh_from_db()
    return operator.last_error


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda url: url.replace(url.rsplit(":", 1)[1].split("/")[0], "1"), "unreachable"),
        (lambda url: url.replace(url.split(":")[2].split("@")[0], "wrong"), "wrong_password"),
        (lambda url: url.rsplit("/", 1)[0] + "/gone", "missing_database"),
        (lambda url: "", "not_configured"),
        (lambda url: "this is no address", "not_configured"),
    ],
)
def test_an_operator_that_cannot_be_reached_waits_as_a_whole(
    people, family_package, family_package_db, monkeypatch, change, reason
):
    good = os.environ[URL]
    monkeypatch.setenv(URL, change(good))
    announce(*(people.add(number) for number in range(1, 11)))
    drain("family_package")
    assert failed_with(family_package) == reason
    assert LedgerEntry.objects.filter(state="due", may_have_copy=False).count() == 10

    monkeypatch.setenv(URL, good)
    drain("family_package")
    assert LedgerEntry.objects.filter(state="due").count() == 10  # not before its time
    reach_again(family_package)
    drain("family_package")
    assert LedgerEntry.objects.filter(state="delivered").count() == 10
    family_package.refresh_from_db()
    assert (family_package.failures, family_package.last_error) == (0, "")


@pytest.mark.django_db(transaction=True)
def test_what_was_packed_behind_a_failure_is_given_back_unsent(people, family_package, monkeypatch):
    packed, pushed = [], []

    def counting(*arguments):
        packed.append(pack(*arguments))
        return packed[-1]

    class Failing:
        def open(self, operator):
            return self

        def close(self):
            pass

        def push(self, agreement, deliveries):
            pushed.append(len(deliveries))
            wait_for(lambda: len(packed) == 3)
            raise OperatorUnavailable("time_out", sent=True)

    monkeypatch.setattr("dsp_platform.exchange.delivery.pipeline.pack", counting)
    monkeypatch.setitem(ADAPTERS, "database", Failing())
    announce(*(people.add(number) for number in range(1, 11)))
    drain("family_package", batch=2)
    assert pushed == [2]
    assert LedgerEntry.objects.filter(may_have_copy=True).count() == 2
    assert Outstanding.objects.filter(held=False).count() == 10
    assert not Lease.objects.exists()
    assert failed_with(family_package) == "time_out"


@pytest.mark.parametrize(
    ("broken", "mended", "reason"),
    [
        ("ALTER TABLE fp_person RENAME TO away", "ALTER TABLE away RENAME TO fp_person", "missing_table"),
        (
            "ALTER TABLE fp_person RENAME sex TO gender",
            "ALTER TABLE fp_person RENAME gender TO sex",
            "missing_column",
        ),
        (
            "ALTER TABLE fp_person DROP CONSTRAINT fp_person_pkey",
            "ALTER TABLE fp_person ADD CONSTRAINT fp_person_pkey PRIMARY KEY (spid)",
            "no_unique_index",
        ),
    ],
)
def test_an_operator_whose_table_was_changed_waits_as_a_whole(
    people, family_package, family_package_db, broken, mended, reason
):
    announce(people.add(1), people.add(2))
    family_package_db(broken)
    try:
        drain("family_package")
        assert failed_with(family_package) == reason
    finally:
        family_package_db(mended)
    reach_again(family_package)
    drain("family_package")
    assert LedgerEntry.objects.filter(state="delivered").count() == 2


def test_waits_grow_and_never_pass_ten_minutes(people, family_package, monkeypatch):
    monkeypatch.delenv(URL, raising=False)
    announce(people.add(1))
    waits = []
    for _failure in range(12):
        reach_again(family_package)
        drain("family_package")
        with connection.cursor() as cursor:
            cursor.execute("SELECT extract(epoch FROM retry_at - now()) FROM exchange_operator")
            waits.append(float(cursor.fetchone()[0]))
    assert 3 <= waits[0] <= 5
    assert waits[3] > waits[0]
    assert 450 <= max(waits) <= 600


def test_an_unforeseen_error_counts_as_the_operators(people, family_package):
    with as_owner():
        Operator.objects.update(adapter="fake_crash")
    announce(people.add(1), people.add(2))
    drain("family_package")
    assert failed_with(family_package) == "crashed"
    assert entry(1).may_have_copy  # the outcome is unknown


def test_the_one_record_under_which_the_road_crashes_is_found_and_held(people, family_package, monkeypatch):
    adapter = ADAPTERS["fake_accept"]
    accept = adapter.push

    def push(agreement, deliveries):
        if any(delivery.item.subject_id == 77 for delivery in deliveries):
            raise RuntimeError("nobody foresaw this")
        return accept(agreement, deliveries)

    monkeypatch.setattr(adapter, "push", push, raising=False)
    with as_owner():
        Operator.objects.update(adapter="fake_accept")
    announce(*(people.add(number) for number in range(1, 101)))
    turns = 0
    while LedgerEntry.objects.filter(state="due").exists():
        reach_again(family_package)
        drain("family_package", batch=200)
        turns += 1
    assert turns <= 12
    assert (entry(77).state, entry(77).reason) == ("held", "crashed")
    assert LedgerEntry.objects.filter(state="delivered").count() == 99


def test_a_refusing_trigger_and_a_strict_column_hold_their_record_only(
    people, family_package, family_package_db
):
    announce(*(people.add(number) for number in range(1, 101)))
    people.rows[33].values["full_name"] = "x" * 300
    family_package_db(
        "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN IF NEW.spid = '000000000066' THEN RAISE EXCEPTION 'no %%', NEW.full_name; END IF; "
        "RETURN NEW; END $$"
    )
    family_package_db(
        "CREATE TRIGGER refuse BEFORE INSERT ON fp_person FOR EACH ROW EXECUTE FUNCTION refuse()"
    )
    try:
        drain("family_package")
    finally:
        family_package_db("DROP TRIGGER refuse ON fp_person")
    held = LedgerEntry.objects.filter(state="held").values_list("subject_id", "reason")
    assert set(held) == {(33, "value_too_long"), (66, "refused_by_operator")}
    assert LedgerEntry.objects.filter(state="delivered").count() == 98
    assert not Attempt.objects.filter(reason__contains="x").exists()


def in_hand(one: LedgerEntry, *, until: str) -> None:
    Outstanding.objects.filter(entry=one).delete()
    Lease.objects.create(id=uuid4(), operator=one.operator, entries=[one.pk], until=until)


def test_a_lease_of_the_dead_is_taken_up(people, family_package, family_package_db):
    announce(people.add(1), people.add(2))
    in_hand(entry(1), until="2026-01-01T00:00Z")
    in_hand(entry(2), until="2099-01-01T00:00Z")
    drain("family_package")
    assert (entry(1).state, entry(2).state) == ("delivered", "due")
    assert entry(1).may_have_copy


@pytest.fixture
def while_pushing(monkeypatch, family_package):
    """Run something just before the operator accepts, in the sender's thread."""
    with as_owner():
        Operator.objects.update(adapter="fake_accept")
    adapter, versions = ADAPTERS["fake_accept"], []
    accept = adapter.push

    def install(action):
        def push(agreement, deliveries):
            if not versions:
                action()
                connections.close_all()
            versions.append([delivery.item.version for delivery in deliveries])
            return accept(agreement, deliveries)

        monkeypatch.setattr(adapter, "push", push, raising=False)
        return versions

    return install


@pytest.mark.django_db(transaction=True)
def test_who_lost_the_lease_notes_the_attempt_and_changes_nothing(people, while_pushing):
    """A drain that was suspended until its lease expired finds that another took over."""
    announce(people.add(1))
    another = "00000000-0000-0000-0000-000000000009"
    while_pushing(lambda: Lease.objects.update(id=another))
    drain("family_package")
    assert entry(1).state == "due"
    assert str(Lease.objects.get().pk) == another
    assert Attempt.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_waits_for_a_slow_operator_keeps_its_lease(people, while_pushing, settings):
    settings.EXCHANGE_LEASE_SECONDS = 1
    announce(people.add(1))

    def until_it_is_renewed() -> None:
        first = Lease.objects.get().until
        wait_for(lambda: Lease.objects.get().until > first, seconds=10)

    while_pushing(until_it_is_renewed)
    drain("family_package")
    assert entry(1).state == "delivered"


@pytest.mark.django_db(transaction=True)
def test_a_change_during_the_push_stays_due(people, while_pushing):
    announce(people.add(1))
    versions = while_pushing(lambda: announce(people.change(1)))
    drain("family_package")
    assert versions == [[1], [2]]
    assert (entry(1).state, entry(1).delivered_version) == ("delivered", 2)


@pytest.mark.faults
@pytest.mark.django_db(transaction=True)
def test_two_drains_at_once_deliver_everything_once(people, family_package, family_package_db, monkeypatch):
    """Even without the lease that prevents concurrent drains."""
    held = operator_leases.FencedLease("family_package", "drain", 0, float("inf"))
    monkeypatch.setattr(operator_leases.FencedLease, "renew", lambda lease: True)
    monkeypatch.setattr("dsp_platform.exchange.ledger.operator_leases.taken", lambda *of: nullcontext(held))
    announce(*(people.add(number) for number in range(1, 2001)))

    def work() -> None:
        try:
            drain("family_package", batch=50)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _drain in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert LedgerEntry.objects.filter(state="delivered").count() == 2000
    assert Attempt.objects.count() == 2000
    assert family_package_db("SELECT count(*) FROM fp_person") == [(2000,)]


@pytest.fixture(params=["refuses", "is silent"])
def dead_broker(request) -> Iterator[str]:
    """A port that is closed, or whose server never answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        if request.param == "is silent":
            listener.listen()
        yield f"redis://127.0.0.1:{listener.getsockname()[1]}/0"


@pytest.mark.faults
@pytest.mark.django_db(transaction=True)
def test_a_commit_without_a_broker_holds_nobody_up(people, family_package, monkeypatch, dead_broker, caplog):
    monkeypatch.setattr(workers, "_paused_until", 0.0)
    monkeypatch.setenv("CELERY_BROKER_WRITE_URL", dead_broker)
    workers.close()
    dialled = dials(monkeypatch)
    announce(people.add(1))
    announce(people.add(2))
    assert dialled == [workers.BROKER_TIMEOUT]  # the second does not try it again
    assert LedgerEntry.objects.filter(state="due").count() == 2
    assert "no broker" in caplog.text
    workers.close()


@pytest.mark.django_db(transaction=True)
def test_a_message_to_the_worker_names_the_operator_and_nobody_else(
    people, family_package, settings, monkeypatch
):
    monkeypatch.setattr(workers, "_paused_until", 0.0)
    with redis.Redis.from_url(settings.REDIS_URL) as broker:
        broker.flushdb()
        announce(people.add(123456789))
        (message,) = broker.lrange("delivery", 0, -1)
        broker.flushdb()
    body = base64.b64decode(json.loads(message)["body"]).decode()
    assert json.loads(body)[0] == ["family_package"]
    assert "123456789" not in body


@pytest.mark.faults
@pytest.mark.django_db(transaction=True)
def test_a_broker_that_was_restarted_is_dialled_again(people, family_package, settings, monkeypatch):
    monkeypatch.setattr(workers, "_paused_until", 0.0)
    with redis.Redis.from_url(settings.REDIS_URL) as broker:
        announce(people.add(1))
        broker.client_kill_filter(_type="normal", skipme=True)
        broker.flushdb()
        announce(people.add(2))
        assert broker.llen("delivery") >= 1
        broker.flushdb()


def test_one_message_for_many_announcements_of_a_transaction(
    people, family_package, monkeypatch, django_capture_on_commit_callbacks
):
    sent = []
    monkeypatch.setattr(workers, "notify", lambda task, codes: sent.append((task, set(codes))))
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        for number in range(1, 6):
            services.announce(kind="person", subjects=[people.add(number)])
    assert sent == [("exchange.drain", {"family_package"})]

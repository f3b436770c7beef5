"""The outbox: each message is sent once, at the right time, or has a reason why not."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from dsp_platform.notifications import delivery
from dsp_platform.notifications.models import DemoMessage, Message
from dsp_platform.notifications.providers import PROVIDERS, fake
from dsp_platform.notifications.providers.contract import Receipt
from dsp_platform.notifications.sms_templates import Recipient, register_sms_template

pytestmark = pytest.mark.django_db


def test_a_due_message_is_sent_and_its_receipt_kept(outbox, write):
    message = write("hello")
    assert delivery.sweep() == 1
    message.refresh_from_db()
    assert outbox == [("+85512345678", "hello")]
    assert (message.state, message.provider, message.provider_reference) == ("sent", "fake_accepts", "1")


def test_a_sent_message_is_not_sent_again(outbox, write):
    message = write()
    delivery.deliver(message.pk)
    delivery.deliver(message.pk)
    assert delivery.sweep() == 0
    assert len(outbox) == 1


def test_a_message_too_late_is_not_sent(outbox, write):
    message = write(expires_at=timezone.now() - timedelta(seconds=1))
    delivery.sweep()
    message.refresh_from_db()
    assert message.state == "expired"
    assert not outbox


def test_a_refused_message_is_held_with_the_reason(write, settings):
    settings.SMS_PROVIDER = "fake_refuses"
    message = write()
    delivery.sweep()
    message.refresh_from_db()
    assert (message.state, message.reason) == ("failed", "number_not_served")


def test_while_the_provider_is_down_the_waits_grow_and_then_the_message_arrives(write, settings, outbox):
    message = write()
    settings.SMS_PROVIDER = "fake_crashes"
    with time_machine.travel(timezone.now(), tick=False) as clock:
        waits = []
        for _ in range(4):
            delivery.sweep()
            message.refresh_from_db()
            waits.append((message.not_before - timezone.now()).total_seconds())
            clock.shift(message.not_before - timezone.now())
        assert waits == [10, 20, 40, 80]
        settings.SMS_PROVIDER = "fake_accepts"
        delivery.sweep()
    assert len(outbox) == 1


def test_a_message_is_given_up_after_about_a_day(write, settings):
    settings.SMS_PROVIDER = "fake_crashes"
    message = write()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(delivery.MOST_ATTEMPTS):
            clock.shift(delivery.LONGEST_WAIT)
            delivery.sweep()
    message.refresh_from_db()
    assert (message.state, message.reason) == ("failed", "unreachable")


def test_a_text_that_fails_to_render_does_not_hold_up_the_others(outbox, write):
    broken = write(params={})
    write("hello")
    delivery.sweep()
    broken.refresh_from_db()
    assert (broken.state, broken.reason) == ("due", "error")
    assert [text for _, text in outbox] == ["hello"]


def test_a_text_with_nothing_to_say_is_not_sent(outbox, write):
    message = write("")
    delivery.sweep()
    message.refresh_from_db()
    assert (message.state, message.reason) == ("failed", "nothing_to_say")


def test_what_a_killed_worker_held_is_taken_up_when_its_lease_runs_out(outbox, write):
    message = write()
    Message.objects.filter(pk=message.pk).update(leased_until=timezone.now() + delivery.LEASE, attempts=1)
    assert delivery.sweep() == 0
    with time_machine.travel(timezone.now() + delivery.LEASE + timedelta(seconds=1)):
        assert delivery.sweep() == 1
    assert len(outbox) == 1


def test_a_worker_that_was_too_slow_does_not_undo_a_later_outcome(write, settings, monkeypatch):
    message = write()

    class SlowThenRefused(fake.Refuses):
        def send(self, phone: str, text: str) -> Receipt:
            # Meanwhile the lease expired and another worker sent it.
            Message.objects.filter(pk=message.pk).update(state="sent", attempts=2)
            return super().send(phone, text)

    monkeypatch.setitem(PROVIDERS, "slow", SlowThenRefused)
    settings.SMS_PROVIDER = "slow"
    delivery.deliver(message.pk)
    message.refresh_from_db()
    assert message.state == "sent"


def test_nothing_personal_reaches_the_log(write, settings, caplog):
    caplog.set_level(logging.DEBUG)
    for name in ("console", "fake_crashes", "fake_refuses"):
        settings.SMS_PROVIDER = name
        write("secret words")
        write(params={"secret words": 1})
        delivery.sweep()
    assert "secret words" not in caplog.text
    assert "85512345678" not in caplog.text


def test_an_unknown_text_is_refused_when_it_is_written(write):
    with pytest.raises(ValueError, match="No text is called"):
        write(template="tests.unknown")


def test_one_name_means_one_text():
    with pytest.raises(ValueError, match="Two texts"):
        register_sms_template("tests.greeting", lambda params: "", recipient=Recipient.PROVED)


def test_the_demo_phone_receives_the_text_encrypted(write, settings):
    settings.SMS_PROVIDER = "demo"
    write("hello 123456")
    delivery.sweep()
    assert DemoMessage.objects.get().text == "hello 123456"
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM notifications_demomessage")
        assert b"hello" not in bytes(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_the_provider_is_called(write, settings, monkeypatch):
    seen = []

    class NotesTransaction(fake.Accepts):
        def send(self, phone: str, text: str) -> Receipt:
            seen.append(connection.in_atomic_block)
            return Receipt()

    monkeypatch.setitem(PROVIDERS, "notes_transaction", NotesTransaction)
    settings.SMS_PROVIDER = "notes_transaction"
    write()
    delivery.sweep()
    assert seen == [False]


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_each_message_once(outbox, write):
    for number in range(20):
        write(f"hello {number}")

    def work(_):
        try:
            return delivery.sweep()
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(work, range(3))) == 20
    assert len({text for _, text in outbox}) == len(outbox) == 20


@pytest.mark.django_db(transaction=True)
def test_a_message_claimed_by_one_worker_is_skipped_by_another(outbox, write):
    message = write()
    locked, release = Event(), Event()

    def lock():
        with transaction.atomic():
            Message.objects.select_for_update().get(pk=message.pk)
            locked.set()
            release.wait(10)
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(lock)
        locked.wait(10)
        assert delivery.sweep() == 0
        release.set()
    assert delivery.sweep() == 1

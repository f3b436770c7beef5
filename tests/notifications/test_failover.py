"""Two providers: the second takes over while the first is down, and no message is sent by both."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from dsp_platform.notifications import circuit_breakers, delivery
from dsp_platform.notifications.models import CircuitBreaker, Message
from dsp_platform.notifications.providers import PROVIDERS, fake
from dsp_platform.notifications.providers.contract import MessageRefused, OutcomeUnknown, Receipt, Unreachable
from dsp_platform.notifications.sms_templates import Recipient, is_registered, register_sms_template

pytestmark = pytest.mark.django_db
CODE = "tests.code"
if not is_registered(CODE):
    register_sms_template(CODE, lambda params: params["words"], recipient=Recipient.TYPED, is_code=True)


class First(fake.Accepts):
    name = "first"
    failure: Exception | None = None
    calls = 0

    def send(self, phone: str, text: str) -> Receipt:
        First.calls += 1
        if First.failure:
            raise First.failure
        return Receipt("f-1")


@pytest.fixture
def first(settings, monkeypatch, outbox):
    monkeypatch.setitem(PROVIDERS, "first", First)
    monkeypatch.setattr(First, "failure", None)
    monkeypatch.setattr(First, "calls", 0)
    settings.SMS_PROVIDER, settings.SMS_SECOND_PROVIDER = "first", "fake_accepts"
    return First


def test_while_the_first_answers_the_second_gets_nothing(first, outbox, write):
    message = write()
    delivery.sweep()
    message.refresh_from_db()
    assert (message.state, message.provider, message.provider_reference) == ("sent", "first", "f-1")
    assert not outbox


def test_a_message_the_first_did_not_take_goes_to_the_second_at_once(first, outbox, write):
    first.failure = Unreachable("busy")
    message = write()
    delivery.deliver(message.pk)
    message.refresh_from_db()
    assert (message.state, message.provider, message.attempts) == ("sent", "fake_accepts", 1)
    assert len(outbox) == 1


def test_what_the_first_refused_is_not_offered_to_the_second(first, outbox, write):
    first.failure = MessageRefused("number_not_served")
    message = write()
    delivery.sweep()
    message.refresh_from_db()
    assert (message.state, message.reason) == ("failed", "number_not_served")
    assert not outbox
    assert CircuitBreaker.objects.get(name="first").failures == 0


def test_after_failures_in_a_row_the_first_is_left_alone_and_comes_back_by_itself(first, outbox, write):
    first.failure = Unreachable("busy")
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(6):
            write()
        delivery.sweep()
        assert (first.calls, len(outbox)) == (circuit_breakers.FAILURES, 6)
        resting = CircuitBreaker.objects.get(name="first")
        assert (resting.last_error, circuit_breakers.is_paused(resting, timezone.now())) == ("busy", True)
        first.failure = None
        clock.shift(circuit_breakers.FIRST_PAUSE + timedelta(seconds=1))
        write()
        delivery.sweep()
    assert (first.calls, len(outbox)) == (circuit_breakers.FAILURES + 1, 6)
    assert CircuitBreaker.objects.get(name="first").failures == 0


def test_one_worker_alone_tries_a_provider_that_was_down(first):
    for _ in range(circuit_breakers.FAILURES):
        circuit_breakers.record_failure("first", "busy")
    with time_machine.travel(
        timezone.now() + circuit_breakers.FIRST_PAUSE + timedelta(seconds=1), tick=False
    ):
        assert [circuit_breakers.may_try("first") for _ in range(3)] == [True, False, False]


def test_with_both_down_no_message_is_taken_up_and_none_is_given_up(first, settings, write, outbox):
    settings.SMS_SECOND_PROVIDER = "fake_crashes"
    first.failure = Unreachable("busy")
    with time_machine.travel(timezone.now(), tick=False) as clock:
        messages = [write() for _ in range(10)]
        assert delivery.sweep() == circuit_breakers.FAILURES
        assert delivery.sweep() == 0
        clock.shift(timedelta(hours=1))
        settings.SMS_SECOND_PROVIDER = "fake_accepts"
        delivery.sweep()
    assert len(outbox) == len(messages)


def test_a_code_too_late_expires_also_while_nobody_can_be_reached(first, settings, write):
    settings.SMS_SECOND_PROVIDER = ""
    for _ in range(circuit_breakers.FAILURES):
        circuit_breakers.record_failure("first", "busy")
    message = write(expires_at=timezone.now() - timedelta(seconds=1))
    delivery.sweep()
    message.refresh_from_db()
    assert message.state == "expired"


def test_a_code_whose_outcome_is_unknown_goes_to_the_second_at_once(first, outbox, write):
    """Somebody is waiting for it at a page; sending the same code twice does no harm."""
    first.failure = OutcomeUnknown("no_answer")
    message = write("code", template=CODE)
    delivery.sweep()
    message.refresh_from_db()
    assert (message.state, message.provider) == ("sent", "fake_accepts")


def test_any_other_message_waits_and_then_goes_to_the_second(first, outbox, write):
    first.failure = OutcomeUnknown("no_answer")
    message = write()
    delivery.sweep()
    message.refresh_from_db()
    assert (message.state, message.reason, len(outbox)) == ("due", "outcome_unknown", 0)
    first.failure = None
    with time_machine.travel(message.not_before + timedelta(seconds=1)):
        delivery.sweep()
    assert (first.calls, len(outbox)) == (1, 1)


def test_unknown_outcomes_end_after_a_few_for_a_steward_to_look_at(first, settings, write):
    settings.SMS_SECOND_PROVIDER = ""
    first.failure = OutcomeUnknown("no_answer")
    message = write()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(delivery.MOST_UNKNOWN + 3):
            delivery.sweep()
            clock.shift(timedelta(hours=1))
    message.refresh_from_db()
    assert (message.state, message.reason) == ("failed", "outcome_unknown")
    assert first.calls == delivery.MOST_UNKNOWN


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_count_every_failure(first):
    go = Event()

    def fail(_):
        go.wait(10)
        try:
            circuit_breakers.record_failure("first", "busy")
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(fail, number) for number in range(8)]
        go.set()
        [one.result(30) for one in waiting]
    assert CircuitBreaker.objects.get(name="first").failures == 8


def test_nothing_personal_is_kept_about_a_provider(first, write):
    first.failure = RuntimeError("secret words to +85512345678")
    write("secret words")
    delivery.sweep()
    assert CircuitBreaker.objects.get(name="first").last_error == "error"
    assert Message.objects.get().reason == "outcome_unknown"

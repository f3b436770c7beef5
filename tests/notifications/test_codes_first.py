"""Codes are sent before all else, and nothing is sent after it has expired."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dsp_platform.notifications import delivery
from dsp_platform.notifications.models import Message
from tests.notifications.test_failover import CODE

pytestmark = pytest.mark.django_db


@pytest.fixture
def backlog(outbox):
    """Ten thousand other messages, due for an hour."""
    since = timezone.now() - timedelta(hours=1)
    rows = [
        Message(
            phone="+85512345678",
            language="km",
            template="tests.greeting",
            params={"words": "other"},
            not_before=since,
        )
        for _ in range(10_000)
    ]
    return Message.objects.bulk_create(rows)


def write_code(write, words: str = "code", **extra) -> Message:
    return write(words, template=CODE, expires_at=timezone.now() + timedelta(minutes=10), **extra)


@pytest.mark.parametrize("kind", ["code", "confirm"])
def test_a_sweep_sends_the_code_before_a_backlog(backlog, outbox, write, kind):
    write_code(write, kind=kind)
    delivery.sweep(limit=2)
    assert [text for _, text in outbox] == ["code", "other"]


def test_the_next_message_a_worker_takes_up_lets_the_code_pass(backlog, outbox, write):
    """The message to the worker for the code waits in the queue behind ten thousand others."""
    write_code(write)
    write_code(write, "second")
    delivery.deliver(backlog[0].pk)
    assert [text for _, text in outbox] == ["code", "second", "other"]


def test_a_sweep_under_way_takes_a_code_that_comes_meanwhile(backlog, outbox, write, monkeypatch):
    sent = delivery._send

    def send(message):
        if len(outbox) == 1:
            write_code(write)
        sent(message)

    monkeypatch.setattr(delivery, "_send", send)
    delivery.sweep(limit=4)
    assert [text for _, text in outbox].index("code") == 2


def test_codes_are_found_by_an_index_of_their_own(backlog, write, django_assert_max_num_queries):
    plan = (
        Message.objects.filter(delivery.A_CODE, state="due", not_before__lte=timezone.now())
        .order_by("not_before", "pk")
        .explain()
    )
    assert "code_due" in plan


def test_a_code_whose_time_is_over_does_not_leave(outbox, write):
    message = write("code", template=CODE, expires_at=timezone.now() - timedelta(seconds=1))
    delivery.deliver(message.pk)
    delivery.sweep()
    message.refresh_from_db()
    assert message.state == "expired"
    assert not outbox

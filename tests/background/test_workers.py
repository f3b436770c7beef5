import pytest
from django.db import transaction

from dsp_platform.background import workers


@pytest.fixture
def sent(monkeypatch):
    messages = []
    monkeypatch.setattr(workers, "notify", lambda task, codes: messages.append((task, sorted(codes))))
    return messages


@pytest.mark.django_db(transaction=True)
def test_each_code_gets_one_message_in_a_transaction(sent):
    with transaction.atomic():
        workers.notify_on_commit("jobs.run", ["1"])
        workers.notify_on_commit("jobs.run", ["1", "2"])
        workers.notify_on_commit("exchange.drain", ["1"])
        assert sent == []
    assert sent == [("jobs.run", ["1"]), ("jobs.run", ["2"]), ("exchange.drain", ["1"])]


@pytest.mark.django_db(transaction=True)
def test_the_next_transaction_sends_again(sent):
    for _number in range(2):
        with transaction.atomic():
            workers.notify_on_commit("jobs.run", ["1"])
    assert sent == [("jobs.run", ["1"])] * 2


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_silences_nothing_that_is_committed(sent):
    with transaction.atomic():
        with transaction.atomic():
            workers.notify_on_commit("jobs.run", ["1"])
            transaction.set_rollback(True)
        workers.notify_on_commit("jobs.run", ["1"])
    with transaction.atomic():
        workers.notify_on_commit("jobs.run", ["2"])
        transaction.set_rollback(True)
    with transaction.atomic():
        workers.notify_on_commit("jobs.run", ["2"])
    assert sent == [("jobs.run", ["1"]), ("jobs.run", ["2"])]

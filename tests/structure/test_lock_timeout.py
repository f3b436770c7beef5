"""When a lock is held for too long, the page asks to try again, in the language of the user."""

import psycopg
import pytest
from django.db import OperationalError, connection, transaction

from dsp_platform.database import locks
from dsp_platform.monitoring import health


@pytest.mark.parametrize(("language", "words"), [("km", "សូមព្យាយាមម្តងទៀត"), ("en", "Please try again")])
def test_a_page_that_waited_too_long_says_to_try_again(client, monkeypatch, language, words):
    def waited(*given, **named):
        raise OperationalError from psycopg.errors.LockNotAvailable()

    monkeypatch.setattr(health.readiness, "parts", waited)
    client.cookies["language"] = language
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert words in answer.content.decode()


def test_another_failure_of_the_database_is_no_busy_one(client, monkeypatch):
    def gone():
        raise OperationalError

    monkeypatch.setattr(health.readiness, "parts", gone)
    client.raise_request_exception = False
    assert client.get("/readyz").status_code == 500


@pytest.mark.django_db
def test_whoever_holds_a_turn_waits_for_nothing_long(settings):
    with transaction.atomic(), connection.cursor() as cursor:
        locks.lock(locks.LockName.PHONE, "a key")
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == (locks.LOCK_TIMEOUT,)


@pytest.mark.django_db
def test_who_is_stopped_in_a_transaction_loses_it_soon():
    with connection.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        assert cursor.fetchone() == ("15s",)
        with transaction.atomic():
            locks.limit_waits()
            cursor.execute("SHOW idle_in_transaction_session_timeout")
            assert cursor.fetchone() == (locks.IDLE_TIMEOUT,)

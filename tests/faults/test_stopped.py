"""A worker is stopped, not dead, while it holds a lock that all others need: its session stays open."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from dsp_platform.database import locks
from dsp_platform.database.locks import LockName, lock
from dsp_platform.notifications import delivery
from dsp_platform.notifications.models import Budget, Message
from dsp_platform.uploads import reading
from tests.notifications.conftest import *  # noqa: F403
from tests.notifications.test_failover import CODE
from tests.stack import wait_for

BASE = Path(__file__).resolve().parents[2]
BEGINNING = """
import os, signal
import django
django.setup()

def and_stop(act):
    def stopped(*given, **named):
        done = act(*given, **named)
        print("holding", flush=True)
        os.kill(os.getpid(), signal.SIGSTOP)
        return done
    return stopped
"""
IN_THE_BUDGET = """
from dsp_platform.notifications import budget, delivery
budget.take = and_stop(budget.take)
delivery.sweep()
"""
IN_A_CLAIM = """
from dsp_platform.uploads import reading
reading.lock = and_stop(reading.lock)
reading.read_next()
"""
IN_A_TURN = """
from django.db import transaction
from dsp_platform.database.locks import LockName, lock
with transaction.atomic():
    and_stop(lock)(LockName.SIGN_IN_NETWORK, "of everybody")
"""
pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def frozen() -> Iterator[Callable[[str], None]]:
    """``frozen(code)``: a process that runs it until it is stopped."""
    with ExitStack() as started:

        def start(code: str) -> None:
            name = settings.DATABASES["default"]["NAME"]
            process = subprocess.Popen(
                [sys.executable, "-c", BEGINNING + code],
                cwd=BASE,
                stdout=subprocess.PIPE,
                env={
                    **os.environ,
                    "DATABASE_URL": re.sub(r"/[^/?]+$", f"/{name}", os.environ["DATABASE_URL"]),
                    "DJANGO_SETTINGS_MODULE": "dsp_platform.settings",
                },
            )
            started.enter_context(process)
            started.callback(process.send_signal, signal.SIGKILL)
            assert process.stdout
            assert process.stdout.readline() == b"holding\n"

        yield start


def others_hold_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted"
            " AND pid <> pg_backend_pid())"
        )
        return bool(cursor.fetchone()[0])


def test_codes_leave_though_a_worker_is_stopped_in_the_budget(outbox, write, frozen):
    over = timezone.now() + timedelta(minutes=10)
    write("earlier", template=CODE, expires_at=over)
    delivery.sweep()
    write("first", template=CODE, expires_at=over)
    frozen(IN_THE_BUDGET)
    write("second", template=CODE, expires_at=over)
    began = time.monotonic()
    delivery.sweep()  # of another worker, which is resumed first
    assert time.monotonic() - began < 10

    def sent() -> bool:
        delivery.sweep()
        return not Message.objects.filter(state=Message.State.DUE).exists()

    wait_for(sent, seconds=10)
    assert sorted(text for _phone, text in outbox) == ["earlier", "first", "second"]
    assert {row.count for row in Budget.objects.filter(kind="code")} == {3}


def test_documents_are_read_though_a_worker_is_stopped_while_it_claims(frozen):
    frozen(IN_A_CLAIM)
    assert reading.read_next() is False
    assert others_hold_a_lock()  # the one that is stopped still had its turn

    def claims() -> bool:
        try:
            return reading._claim() is None
        except OperationalError:
            return False

    wait_for(claims, seconds=10)


def test_nobody_waits_for_ever_for_a_turn(frozen):
    frozen(IN_A_TURN)

    def take() -> float:
        began = time.monotonic()
        try:
            with pytest.raises(Exception) as raised, transaction.atomic():  # noqa: PT011
                lock(LockName.SIGN_IN_NETWORK, "of everybody")
            assert locks.is_timeout(raised.value)
        finally:
            connection.close()
        return time.monotonic() - began

    with ThreadPoolExecutor(4) as four:
        assert max(four.map(lambda _number: take(), range(4))) < 6

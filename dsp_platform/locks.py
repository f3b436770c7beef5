"""Taking turns over something that has no row of its own yet.

Nobody waits for ever: a process that was stopped in its transaction holds what it locked until the database
ends its session, and every thread of a queue or of a web process would come to wait behind it. Who waited too
long gets an ``OperationalError`` that ``is_timeout`` knows: a page then says to try again, work in the
background stays due.
"""

import hashlib

from django.db import connection

from dsp_platform.sqlstates import NOT_AVAILABLE, is_ended_by

# For each lock of a transaction that takes turns, also of rows: others wait for it.
WAIT = "3s"
# Without a word, in a transaction that everybody needs and that has nothing to wait for.
SILENCE = "5s"


def lock(purpose: str, key: str) -> None:
    """Wait for the turn, hold it until the surrounding transaction ends (PostgreSQL advisory lock)."""
    _check()
    number = int.from_bytes(hashlib.sha256(f"{purpose}\x1f{key}".encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s) FROM set_config('lock_timeout', %s, true)", [number, WAIT]
        )


def be_brief() -> None:
    """For a transaction that all work of a kind goes through: it waits for no lock for long, and a process
    that is stopped in it loses its session soon."""
    _check()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('lock_timeout', %s, true),"
            " set_config('idle_in_transaction_session_timeout', %s, true)",
            [WAIT, SILENCE],
        )


def is_timeout(error: Exception) -> bool:
    return is_ended_by(error, NOT_AVAILABLE)


def _check() -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("A lock is held by a transaction.")

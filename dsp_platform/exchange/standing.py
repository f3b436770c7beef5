"""Whether an operator may be spoken to now, and by whom."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

FAILED = """
UPDATE exchange_operator SET
    failures = failures + 1,
    last_error = %s,
    retry_at = now() + least(600, 5 * 2 ^ least(failures, 10)) * (0.75 + random() / 4) * interval '1 second'
WHERE code = %s
"""


def operator_failed(operator: str, reason: str) -> None:
    """The operator as a whole is left alone for a while: 5 s, 10 s, ... up to 10 minutes, with jitter."""
    with connection.cursor() as cursor:
        cursor.execute(FAILED, [reason[:64], operator])


def operator_answered(operator: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE exchange_operator SET failures = 0, retry_at = NULL, last_error = '', "
            "last_success_at = now() WHERE code = %s",
            [operator],
        )


def operator_ready(operator: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT true FROM exchange_operator WHERE code = %s AND active AND paused_at IS NULL "
            "AND (retry_at IS NULL OR retry_at <= statement_timestamp())",
            [operator],
        )
        return cursor.fetchone() is not None


# Any constant of our own; it keeps these locks apart from other advisory locks of this database.
LOCK_SPACE = 0x4C454447


@contextmanager
def drain_lock(operator: str) -> Iterator[bool]:
    """One drain per operator at a time. It belongs to the connection: who dies lets go of it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", [LOCK_SPACE, operator])
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine and connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", [LOCK_SPACE, operator])

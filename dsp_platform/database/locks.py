"""PostgreSQL advisory locks, for what has no row of its own to lock; and time limits for waiting on any lock.

A process that is stopped inside a transaction keeps its locks until the database ends its session, and every
thread of a queue or web process would come to wait for it. A wait that is too long raises an
``OperationalError`` for which ``is_timeout`` is true: a page says to try again, background work stays due.
"""

import hashlib
from enum import StrEnum, auto, unique
from typing import Any

from django.db import connection

from dsp_platform.database.sqlstates import LOCK_NOT_AVAILABLE, is_ended_by

# For every lock that a transaction waits for, also of rows.
LOCK_TIMEOUT = "3s"
# Between two statements of a transaction that many wait for, and that waits for nothing itself.
IDLE_TIMEOUT = "5s"


@unique
class LockName(StrEnum):
    """All advisory locks of the platform: what runs one at a time, and for which key.

    The trigger that chains the audit has locks of its own, in PostgreSQL's other key space (two integers).
    """

    PHONE = auto()
    """Codes for a phone number. Always before CODES_OF_ACCOUNT."""
    CODES_OF_ACCOUNT = auto()
    SIGN_IN = auto()
    """Attempts at one user name."""
    SIGN_IN_NETWORK = auto()
    """Attempts from one network."""
    FIRST_STEWARD = auto()
    CLOSE_STEWARD = auto()
    UPLOADS_OF_SUBJECT = auto()
    """Always before UPLOADS_OF_ACCOUNT."""
    UPLOADS_OF_ACCOUNT = auto()
    NEXT_UPLOAD = auto()
    ROSTER = auto()
    """Of one household at the counter, before it is registered. Always before LOOKUPS_OF_ACCOUNT."""
    LOOKUPS_OF_ACCOUNT = auto()
    VILLAGE_DAYS = auto()
    """Planned for one village."""
    MOVE_ASKED_OF_PHONE = auto()
    GRIEVANCE_PIN = auto()
    LEVELS_OF_TEAMS = auto()
    """Which team that answers grievances is above which."""
    CLAIM_DELIVERIES = auto()
    """Of one operator."""
    ATTEMPT_PARTITIONS = auto()
    ALERTS = auto()
    DATABASE_RIGHTS = auto()
    OPERATOR_DATABASES = auto()
    DECREED_DAY = auto()
    """What a decree says of one day, which need not have a row yet."""
    IMPORTS = auto()
    """Batches of imports that are applied. Before the households."""


def lock(name: LockName, key: str = "", *, timeout: str | None = LOCK_TIMEOUT) -> None:
    """Wait for the lock and hold it until the surrounding transaction ends.

    ``timeout`` holds for all further locks of the transaction too; None leaves it as it is.
    """
    _check()
    with connection.cursor() as cursor:
        if timeout is None:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number_of(name, key)])
        else:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(%s) FROM set_config('lock_timeout', %s, true)",
                [number_of(name, key), timeout],
            )


def try_lock(name: LockName, key: str = "") -> bool:
    """Without waiting: False if another transaction has the lock. Limits the wait for all further ones."""
    _check()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(%s) FROM set_config('lock_timeout', %s, true)",
            [number_of(name, key), LOCK_TIMEOUT],
        )
        return bool(cursor.fetchone()[0])


def lock_session(own: Any, name: LockName) -> None:
    """For a psycopg connection of the caller's own, which holds the lock until it is closed."""
    own.execute("SELECT pg_advisory_lock(%s)", [number_of(name)])


def number_of(name: LockName, key: str = "") -> int:
    digest = hashlib.sha256(f"{name}\x1f{key}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def limit_waits() -> None:
    """For a transaction that all work of a kind goes through: it waits for no lock for long, and a process
    that is stopped in it soon loses its session."""
    _set_for_transaction(lock_timeout=LOCK_TIMEOUT, idle_in_transaction_session_timeout=IDLE_TIMEOUT)


def limit_lock_wait(timeout: str = LOCK_TIMEOUT) -> None:
    """For all further locks of the transaction."""
    _set_for_transaction(lock_timeout=timeout)


def limit_idle(timeout: str) -> None:
    """How long the transaction may be idle between two statements before the database ends the session."""
    _set_for_transaction(idle_in_transaction_session_timeout=timeout)


def is_timeout(error: Exception) -> bool:
    return is_ended_by(error, LOCK_NOT_AVAILABLE)


def _set_for_transaction(**settings: str) -> None:
    """Settings of PostgreSQL until the transaction ends, in one statement."""
    _check()
    with connection.cursor() as cursor:
        columns = ", ".join(["set_config(%s, %s, true)"] * len(settings))
        cursor.execute(f"SELECT {columns}", [part for setting in settings.items() for part in setting])


def _check() -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("A lock is held by a transaction.")

"""Taking turns over something that has no row of its own yet."""

import hashlib

from django.db import connection


def lock(purpose: str, key: str) -> None:
    """Wait for the turn, hold it until the surrounding transaction ends (PostgreSQL advisory lock)."""
    if not connection.in_atomic_block:
        raise RuntimeError("A lock is held by a transaction.")
    number = int.from_bytes(hashlib.sha256(f"{purpose}\x1f{key}".encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])

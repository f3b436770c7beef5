"""One worker at a time for an operator: a lease that expires, with a fencing token.

A worker that is suspended, not dead, would keep a lock of its connection for ever. A lease that is not
renewed expires; the next worker gets a higher token, and statements with the old token change nothing. Times
are the database's, as in ``delivery.leases``.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection

DRAIN = "drain"
PULL = "pull"

TAKE = """
INSERT INTO exchange_operatorlease AS lease (operator_id, work, token, until)
VALUES (%(operator)s, %(work)s, 1, statement_timestamp() + %(seconds)s * interval '1 second')
ON CONFLICT (operator_id, work) DO UPDATE SET token = lease.token + 1, until = excluded.until
WHERE lease.until <= statement_timestamp()
RETURNING token
"""
_MINE = "operator_id = %(operator)s AND work = %(work)s AND token = %(token)s"
RENEW = f"""
UPDATE exchange_operatorlease SET until = statement_timestamp() + %(seconds)s * interval '1 second'
WHERE {_MINE}
"""  # noqa: S608
RELEASE = f"UPDATE exchange_operatorlease SET until = statement_timestamp() WHERE {_MINE}"  # noqa: S608
# The condition of statements that only the worker with the lease may make.
FENCE = f"EXISTS (SELECT FROM exchange_operatorlease WHERE {_MINE})"


@dataclass(slots=True)
class FencedLease:
    operator: str
    work: str
    token: int
    renewed_at: float
    """By ``time.monotonic()``, which goes on while the process is stopped."""

    @property
    def fence(self) -> dict[str, Any]:
        return {"operator": self.operator, "work": self.work, "token": self.token}

    @property
    def lapsed(self) -> bool:
        """By this machine's clock, without a query: another worker may have taken it."""
        return time.monotonic() - self.renewed_at >= settings.EXCHANGE_LEASE_SECONDS

    def renew(self) -> bool:
        """False if another worker has taken it meanwhile."""
        now = time.monotonic()
        with connection.cursor() as cursor:
            cursor.execute(RENEW, {**self.fence, "seconds": settings.EXCHANGE_LEASE_SECONDS})
            mine = cursor.rowcount == 1
        if mine:
            self.renewed_at = now
        return mine

    def release(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(RELEASE, self.fence)


@contextmanager
def taken(operator: str, work: str) -> Iterator[FencedLease | None]:
    """None while another worker has it. That of a dead worker expires after ``EXCHANGE_LEASE_SECONDS``."""
    now = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute(TAKE, {"operator": operator, "work": work, "seconds": settings.EXCHANGE_LEASE_SECONDS})
        row = cursor.fetchone()
    lease = FencedLease(operator, work, row[0], now) if row else None
    try:
        yield lease
    finally:
        if lease and connection.connection is not None and not connection.connection.closed:
            lease.release()

"""Whether an operator may be contacted now, and how many records it takes."""

from datetime import datetime

from django.conf import settings
from django.db import connection

from dsp_platform.exchange.ledger.operator_leases import FENCE, FencedLease

# Exponential back-off with jitter as in background.backoff; in SQL, because the row counts the failures.
FAILED = f"""
UPDATE exchange_operator SET
    failures = failures + 1,
    last_error = %(reason)s,
    retry_at = now() + least(600, 5 * 2 ^ least(failures, 10)) * (0.75 + random() / 4) * interval '1 second'
WHERE code = %(operator)s AND {FENCE}
"""  # noqa: S608
ANSWERED = f"""
UPDATE exchange_operator SET failures = 0, retry_at = NULL, last_error = '', last_success_at = now()
WHERE code = %(operator)s AND {FENCE}
"""  # noqa: S608

# Quiet hours are an operator's local time, and may go past midnight.
_HOUR = f"(coalesce(%(at)s::timestamptz, statement_timestamp()) AT TIME ZONE '{settings.TIME_ZONE}')::time"
QUIET = f"""coalesce(
    CASE WHEN quiet_from <= quiet_to THEN {_HOUR} >= quiet_from AND {_HOUR} < quiet_to
        ELSE {_HOUR} >= quiet_from OR {_HOUR} < quiet_to END, false)"""
# Of a row of exchange_operator.
READY = f"""(active AND paused_at IS NULL AND (retry_at IS NULL OR retry_at <= statement_timestamp())
    AND NOT {QUIET})"""
# How many records may still be sent: the limit, less those of the last minute and those in flight.
ALLOWANCE = """(rate_per_minute
    - (SELECT count(*) FROM exchange_attempt
        WHERE operator_id = code AND at > statement_timestamp() - interval '1 minute')
    - (SELECT coalesce(sum(cardinality(entries)), 0) FROM exchange_lease
        WHERE operator_id = code AND until >= statement_timestamp()))"""


def operator_failed(lease: FencedLease, reason: str) -> None:
    """Do not contact the operator for a while: 5 s, 10 s, ... up to 10 minutes, with jitter.

    Ignored from a worker that lost the lease: after it was suspended its own session is broken.
    """
    with connection.cursor() as cursor:
        cursor.execute(FAILED, {**lease.fence, "reason": reason[:64]})


def operator_answered(lease: FencedLease) -> None:
    with connection.cursor() as cursor:
        cursor.execute(ANSWERED, lease.fence)


def operator_ready(operator: str, at: datetime | None = None) -> bool:
    with connection.cursor() as cursor:
        query = f"SELECT {READY} FROM exchange_operator WHERE code = %(code)s"  # noqa: S608
        cursor.execute(query, {"code": operator, "at": at})
        row = cursor.fetchone()
    return bool(row and row[0])


def operators_ready() -> list[str]:
    with connection.cursor() as cursor:
        query = f"SELECT code FROM exchange_operator WHERE {READY} ORDER BY code"  # noqa: S608
        cursor.execute(query, {"at": None})
        return [code for (code,) in cursor.fetchall()]


def allowance(operator: str) -> int | None:
    """How many records it still takes in this minute; None where there is no limit."""
    with connection.cursor() as cursor:
        left = f"CASE WHEN rate_per_minute IS NOT NULL THEN greatest(0, {ALLOWANCE}) END"
        cursor.execute(f"SELECT {left} FROM exchange_operator WHERE code = %s", [operator])  # noqa: S608
        (left,) = cursor.fetchone()
    return None if left is None else int(left)

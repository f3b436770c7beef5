"""The state of delivery to each operator, for the console, the alerts and the metrics.

Counted from the tables of outstanding entries and leases, never further than ``MOST``: settled entries cost
nothing, and a first fill of the whole country does not make the page slow.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection
from django.utils import timezone

from dsp_platform.exchange.models import Operator

MOST = 1_000_000
MOST_HELD = 200_000
# The oldest entry is searched among so many that are next.
FIRST = 10_000
# The rate is computed from the newest attempts, by key: an index on the time would cost every insert.
NEWEST = 50_000
RATE_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Workload:
    """``due`` are changes, ``backlog`` what a first fill announced; both without what is in flight."""

    due: int = 0
    backlog: int = 0
    held: int = 0
    held_lately: int = 0
    """Held ones that became due within the last hour."""
    in_flight: int = 0
    oldest: datetime | None = None
    oldest_backlog: datetime | None = None
    per_minute: float = 0


class HeldFor(NamedTuple):
    operator: str
    reason: str
    rows: int
    oldest: datetime


_DUE = """
CROSS JOIN LATERAL (
    SELECT count(*) AS rows FROM (
        SELECT FROM exchange_outstanding
        WHERE operator_id = operator.code AND NOT held AND backlog = {backlog} LIMIT %(most)s
    ) AS counted
) AS {name}
CROSS JOIN LATERAL (
    SELECT min(since) AS since FROM (
        SELECT since FROM exchange_outstanding
        WHERE operator_id = operator.code AND NOT held AND backlog = {backlog}
        ORDER BY not_before LIMIT %(first)s
    ) AS first
) AS oldest_{name}
"""
_WORKLOADS = f"""
SELECT code, live.rows, backlog.rows, held.rows, held.lately, in_flight.rows,
    least(oldest_live.since, in_flight.live), least(oldest_backlog.since, in_flight.backlog)
FROM exchange_operator AS operator
{_DUE.format(name="live", backlog="false")}
{_DUE.format(name="backlog", backlog="true")}
CROSS JOIN LATERAL (
    SELECT count(*) AS rows, count(*) FILTER (WHERE since > now() - interval '1 hour') AS lately
    FROM (
        SELECT since FROM exchange_outstanding WHERE operator_id = operator.code AND held
        LIMIT %(most_held)s
    ) AS counted
) AS held
CROSS JOIN LATERAL (
    SELECT coalesce(sum(cardinality(entries)), 0) AS rows,
        min(taken_at) FILTER (WHERE NOT backlog) AS live, min(taken_at) FILTER (WHERE backlog) AS backlog
    FROM exchange_lease WHERE operator_id = operator.code
) AS in_flight
WHERE %(code)s::text IS NULL OR code = %(code)s
"""  # noqa: S608

_RATES = """
WITH newest AS MATERIALIZED (
    SELECT operator_id, at, outcome FROM exchange_attempt ORDER BY id DESC LIMIT %(newest)s
), measured AS (
    SELECT CASE WHEN count(*) < %(newest)s THEN %(seconds)s
        ELSE least(%(seconds)s, greatest(1, extract(epoch FROM now() - min(at)))) END AS seconds
    FROM newest
)
SELECT operator_id, round(count(*) * 60 / min(seconds), 1) FROM newest, measured
WHERE outcome = 'delivered' AND at > now() - seconds * interval '1 second'
GROUP BY operator_id
"""

_HELD = """
SELECT held.operator_id, entry.reason, count(*), min(held.since)
FROM (
    SELECT entry_id, operator_id, since FROM exchange_outstanding
    WHERE held AND (%(code)s::text IS NULL OR operator_id = %(code)s) LIMIT %(most_held)s
) AS held
JOIN exchange_ledgerentry AS entry ON entry.id = held.entry_id
GROUP BY held.operator_id, entry.reason ORDER BY held.operator_id, count(*) DESC, entry.reason
"""


def workloads(code: str | None = None) -> dict[str, Workload]:
    """By operator; of ``code`` only, or of all."""
    with connection.cursor() as cursor:
        cursor.execute(_RATES, {"newest": NEWEST, "seconds": RATE_SECONDS})
        rates = dict(cursor.fetchall())
        cursor.execute(_WORKLOADS, {"code": code, "most": MOST, "most_held": MOST_HELD, "first": FIRST})
        return {
            name: Workload(
                due=due,
                backlog=backlog,
                held=held,
                held_lately=lately,
                in_flight=in_flight,
                oldest=oldest,
                oldest_backlog=oldest_backlog,
                per_minute=float(rates.get(name, 0)),
            )
            for name, due, backlog, held, lately, in_flight, oldest, oldest_backlog in cursor.fetchall()
        }


def held_by_reason(code: str | None = None) -> list[HeldFor]:
    with connection.cursor() as cursor:
        cursor.execute(_HELD, {"code": code, "most_held": MOST_HELD})
        return [HeldFor(*row) for row in cursor.fetchall()]


def contactable_since(operator: Operator, now: datetime) -> datetime | None:
    """When the operator's quiet hours last ended; None during them. A day ago if it has none."""
    if operator.quiet_from is None or operator.quiet_to is None:
        return now - timedelta(days=1)
    local = timezone.localtime(now)
    moment, start, end = local.time(), operator.quiet_from, operator.quiet_to
    spans_midnight = start > end
    if (moment >= start or moment < end) if spans_midnight else start <= moment < end:
        return None
    ended = local.replace(hour=end.hour, minute=end.minute, second=0, microsecond=0)
    return ended if ended <= local else ended - timedelta(days=1)


def shown(number: int, most: int = MOST) -> str:
    """A count that was stopped at ``most`` has a plus sign."""
    return f"{number:,}+" if number >= most else f"{number:,}"

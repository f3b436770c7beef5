"""What an operator's table has, by the numbers in its version column.

A number identifies one delivery to one operator, so comparing numbers compares records. Rows that no delivery
wrote have no number, or one below 1, and are left out. Each query is one scan, however many ranges it has;
the operator needs no index on the column.
"""

from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import sql

from dsp_platform.exchange.adapters.base import Range, Summary
from dsp_platform.exchange.mapping.layout import Layout

# width_bucket: how many of the bounds are not above the number, by binary search.
SUMMARIES = """
SELECT width_bucket(version, %(bounds)s::bigint[]), count(*), sum(version),
    sum((version %% 1000003) * (version %% 1000033))
FROM (SELECT {version}::bigint AS version FROM {table}) AS numbered
WHERE version >= %(low)s::bigint AND version < %(high)s::bigint
GROUP BY 1
"""

# The bounds are the ranges' beginnings and ends in turn: what is inside a range has an odd place.
VERSIONS = """
SELECT place, array_agg(version ORDER BY version)
FROM (
    SELECT version, width_bucket(version, %(bounds)s::bigint[]) AS place
    FROM (SELECT {version}::bigint AS version FROM {table}) AS numbered
    WHERE version >= %(low)s::bigint AND version < %(high)s::bigint
) AS placed
WHERE place %% 2 = 1
GROUP BY place
"""

# Both sides of one type: only then does PostgreSQL look the numbers up in a hash table.
KEYS = """
SELECT {version}::bigint, {key}::text FROM {table}
WHERE {version}::bigint = ANY(%(versions)s::bigint[])
"""

HIGHEST = "SELECT greatest(max({version}), 0)::bigint FROM {table}"


def summaries(connection: psycopg.Connection[Any], layout: Layout, bounds: Sequence[int]) -> list[Summary]:
    found = _scan(connection, layout, SUMMARIES, list(bounds))
    summaries = {place: Summary(count, int(total), int(checksum)) for place, count, total, checksum in found}
    return [summaries.get(place, Summary(0, 0, 0)) for place in range(1, len(bounds))]


def versions(connection: psycopg.Connection[Any], layout: Layout, ranges: Sequence[Range]) -> list[list[int]]:
    found = dict(_scan(connection, layout, VERSIONS, [bound for pair in ranges for bound in pair]))
    return [found.get(place, []) for place in range(1, 2 * len(ranges), 2)]


def keys(
    connection: psycopg.Connection[Any], layout: Layout, numbers: Sequence[int]
) -> list[tuple[int, str]]:
    return _ask(connection, layout, KEYS, {"versions": [number for number in numbers if number > 0]})


def highest(connection: psycopg.Connection[Any], layout: Layout) -> int:
    return int(_ask(connection, layout, HIGHEST, {})[0][0])


def _scan(
    connection: psycopg.Connection[Any], layout: Layout, query: str, bounds: list[int]
) -> list[tuple[Any, ...]]:
    if len(bounds) < 2:
        return []
    values = {"bounds": bounds, "low": max(1, bounds[0]), "high": bounds[-1]}
    return _ask(connection, layout, query, values)


def _ask(
    connection: psycopg.Connection[Any], layout: Layout, query: str, values: dict[str, Any]
) -> list[tuple[Any, ...]]:
    named = sql.SQL(query).format(
        table=sql.Identifier(*layout.table),
        key=sql.Identifier(layout.key_column),
        version=sql.Identifier(layout.version_column),
    )
    return connection.execute(named, values).fetchall()

"""All programmes of the catalogue judged for the whole registry in one statement, against a raw scan of the
persons that counts one condition of one column.

A sample is judged by the single judge as well, which must say the same.
"""

import random
import time
from typing import Any

from django.core.management import call_command
from django.db import connection

from benchmarks import _registry
from registry.eligibility.known import facts_of
from registry.eligibility.sql import HOME_TABLES, LIVING, as_parts
from registry.models import Programme
from registry.rules.judge import judge_rule
from registry.rules.parse import parse_rule

SIZE = 100_000
SAMPLE = 2_000
ROUNDS = 3
RAW = "SELECT count(*) FROM registry_person person WHERE person.sex = 'female'"


def seconds(query: str, values: dict[str, Any] | None = None) -> tuple[float, list[Any]]:
    """The best of several rounds, so that all rows are in memory; and what it found."""
    best, rows = float("inf"), []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(query, values)
            rows = cursor.fetchall()
        best = min(best, time.perf_counter() - started)
    return best, rows


def run(size: int) -> dict[str, Any]:
    _registry.use_filled(size)
    call_command("load_operators", verbosity=0)
    call_command("load_catalogue", verbosity=0)
    programmes = list(Programme.objects.exclude(rule="").order_by("code"))
    rules = [parse_rule(programme.rule) for programme in programmes]
    parts = as_parts(rules)
    tables = f"registry_person person{HOME_TABLES}{parts.tables}"
    raw, _rows = seconds(RAW)
    counts = ", ".join(f"count(*) FILTER (WHERE {one})" for one in parts.conditions)
    judged, [likely] = seconds(f"SELECT {counts} FROM {tables} WHERE {LIVING}", parts.values)
    sample = random.Random(size).sample(range(1, size + 1), min(SAMPLE, size))
    _seconds, rows = seconds(
        f"SELECT person.id, {', '.join(parts.conditions)} FROM {tables}"
        " WHERE person.id = ANY (%(sample)s::bigint[])",
        {**parts.values, "sample": sample},
    )
    facts = facts_of(sample)
    wrong = [
        pk for pk, *found in rows if found != [judge_rule(rule, facts[pk]) is True for rule in rules]
    ]  # fmt: skip
    if wrong or len(rows) != len(facts):
        raise RuntimeError(f"judged otherwise alone: {wrong[:10]}")
    return {
        "programmes": len(programmes),
        "likely": dict(zip([one.code for one in programmes], likely, strict=True)),
        "seconds": judged,
        "raw_seconds": raw,
        "share_of_raw": raw / judged,
        "persons_per_second": size / judged,
        "sample": len(rows),
    }

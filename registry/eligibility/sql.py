"""Whom of the whole registry a rule concerns: one statement each. NULL is "not known"."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone

from dsp_platform.arrays import array
from registry.eligibility.facts import FACTS
from registry.rules.names import Value
from registry.rules.nodes import Node, facts_named
from registry.rules.sql import Compiler

_BATCH = 2000

_COUNTS = {fact.name: fact.sql for fact in FACTS if fact.is_counted}
SQL = {fact.name: f"counted.{fact.name}" if fact.is_counted else fact.sql for fact in FACTS}
_NEEDS_HOME = frozenset(fact.name for fact in FACTS if not fact.of_person)

HOME_TABLES = """
LEFT JOIN registry_membership home ON home.person_id = person.id AND home.ended_on IS NULL
LEFT JOIN registry_household household ON household.id = home.household_id"""

# Every household is counted once, and only when a rule names one of the counts.
_COUNTED = f"""
LEFT JOIN (
    SELECT member.household_id, {", ".join(f"{sql} AS {name}" for name, sql in _COUNTS.items())}
    FROM registry_membership member JOIN registry_person person ON person.id = member.person_id
    WHERE member.ended_on IS NULL{{only}}
    GROUP BY member.household_id
) counted ON counted.household_id = home.household_id"""  # noqa: S608  # constants only
# The open households of some persons: nobody else's are counted for them.
OF_PERSONS = """ AND member.household_id = ANY (ARRAY(
    SELECT household_id FROM registry_membership
    WHERE ended_on IS NULL AND person_id = ANY (%(subjects)s::bigint[])
))"""
OF_HOUSEHOLDS = " AND member.household_id = ANY (%(subjects)s::bigint[])"

# Of whom anything can be said: not those who have died, nor the second records of somebody.
_POPULATION = "person.merged_into_id IS NULL AND person.died_on IS NULL"


@dataclass(frozen=True, slots=True)
class Missing:
    """Of how many a fact is not known, and for how many of those the verdict waits for something."""

    fact: str
    persons: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Matching:
    likely: int
    unlikely: int
    unknown: int
    missing: tuple[Missing, ...]
    gained: int  # likely now and not before, where there was a rule before
    lost: int


def today_values() -> dict[str, Value]:
    """What the facts are asked with: today, for ages and for what is valid."""
    today = timezone.localdate()
    return {"today": today.isoformat(), "year": today.year, "day": today.month * 100 + today.day}


@dataclass(frozen=True, slots=True)
class Part:
    """A rule as part of a statement over ``person``, ``home`` and ``household``: never NULL.

    ``tables`` are joined besides these; ``values`` are parameters of the statement.
    """

    condition: str
    tables: str
    values: dict[str, Value]


def as_part(rule: Node, only: str = "") -> Part:
    """``only`` (``OF_PERSONS``, ``OF_HOUSEHOLDS``) limits whose households are counted to ``subjects``."""
    compiler = Compiler(SQL, today_values())
    condition = f"({compiler.condition(rule)} IS TRUE)"
    counted = _COUNTED.format(only=only) if facts_named(rule) & _COUNTS.keys() else ""
    return Part(condition, counted, compiler.values)


def persons_meeting(rule: Node, among: Collection[int] | None = None) -> Iterator[int]:
    """Ids, ascending, of those who surely meet the rule; read from the database as they are needed."""
    compiler = Compiler(SQL, today_values())
    where = f"{_POPULATION} AND {compiler.condition(rule)}"
    only = ""
    if among is not None:
        compiler.values["subjects"] = array(among)
        where, only = f"person.id = ANY (%(subjects)s::bigint[]) AND {where}", OF_PERSONS
    tables = _tables(facts_named(rule), only)
    query = f"SELECT person.id FROM {tables} WHERE {where} ORDER BY person.id"  # noqa: S608
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(query, compiler.values)
        while rows := cursor.fetchmany(_BATCH):
            yield from (pk for (pk,) in rows)


def matching(rule: Node, before: Node | None = None) -> Matching:
    """How a rule divides the registry, and what would change if it took the place of ``before``."""
    compiler = Compiler(SQL, today_values())
    named = sorted(facts_named(rule))
    # Without a rule before, nobody gains and nobody loses.
    earlier = compiler.condition(before) if before else compiler.condition(rule)
    columns = [f"{compiler.condition(rule)} AS now", f"{earlier} AS before"]
    columns += [f"{SQL[fact]} IS NULL AS no_{fact}" for fact in named]
    tables = _tables({*named, *(facts_named(before) if before else ())})
    counts = [
        "now",
        "NOT now",
        "now IS NULL",
        "now AND before IS NOT TRUE",
        "before AND now IS NOT TRUE",
        *(f"no_{fact}{only}" for fact in named for only in ("", " AND now IS NULL")),
    ]
    query = (
        f"SELECT {', '.join(f'count(*) FILTER (WHERE {count})' for count in counts)} FROM"  # noqa: S608
        f" (SELECT {', '.join(columns)} FROM {tables} WHERE {_POPULATION}) judged"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, compiler.values)
        likely, unlikely, unknown, gained, lost, *missing = cursor.fetchone()
    pairs = zip(named, missing[::2], missing[1::2], strict=True)
    return Matching(
        likely, unlikely, unknown, tuple(Missing(*pair) for pair in pairs if pair[1]), gained, lost
    )


def _tables(facts: Iterable[str], only: str = "") -> str:
    """Only what the facts need: a rule over a person's own facts reads one table."""
    named = set(facts)
    home = HOME_TABLES if named & _NEEDS_HOME else ""
    counted = _COUNTED.format(only=only) if named & _COUNTS.keys() else ""
    return f"registry_person person{home}{counted}"

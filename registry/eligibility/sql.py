"""A rule judged for the whole registry in one statement. NULL is "not known"."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from registry.facts.fact import Fact
from registry.facts.table import FACTS
from registry.models import IS_CURRENT
from registry.rules.names import Value
from registry.rules.nodes import Node, facts_named
from registry.rules.sql import Compiler

HOME_TABLES = f"""
LEFT JOIN registry_membership home ON home.person_id = person.id AND home.{IS_CURRENT}
LEFT JOIN registry_household household ON household.id = home.household_id"""

# Limits the counts to the open households of some persons.
OF_PERSONS = f""" AND member.household_id = ANY (ARRAY(
    SELECT household_id FROM registry_membership
    WHERE {IS_CURRENT} AND person_id = ANY (%(subjects)s::bigint[])
))"""  # noqa: S608
OF_HOUSEHOLDS = " AND member.household_id = ANY (%(subjects)s::bigint[])"

# Who is judged: not the dead, and not the second records of a person.
LIVING = "person.merged_into_id IS NULL AND person.died_on IS NULL"


@dataclass(frozen=True, slots=True)
class Missing:
    """How many persons have a fact that is not known exactly, and the verdict of how many depends on it."""

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
    """Parameters of the SQL of facts: today, for ages and validity."""
    return {"today": timezone.localdate().isoformat()}


@dataclass(frozen=True, slots=True)
class StatementPart:
    """A rule as part of a statement over ``person``, ``home`` and ``household``: never NULL.

    ``tables`` are joined besides these; ``values`` are parameters of the statement.
    """

    condition: str
    tables: str
    values: dict[str, Value]


@dataclass(frozen=True, slots=True)
class StatementParts:
    """The same of several rules, which share the tables and the values."""

    conditions: list[str]
    tables: str
    values: dict[str, Value]


def _compiler() -> Compiler:
    columns = {fact.name: fact.column for fact in FACTS.values()}
    most = {fact.name: fact.most_column for fact in FACTS.values() if fact.most_column}
    reaches = {fact.name: fact.reaches for fact in FACTS.values() if fact.reaches}
    return Compiler(columns, most, reaches, today_values())


def as_part(rule: Node, only: str = "") -> StatementPart:
    """``only`` (``OF_PERSONS``, ``OF_HOUSEHOLDS``) limits whose households are counted to ``subjects``."""
    compiler = _compiler()
    condition = f"({compiler.condition(rule)} IS TRUE)"
    return StatementPart(condition, _counted(facts_named(rule), only), compiler.values)


def as_parts(rules: Sequence[Node], only: str = "") -> StatementParts:
    """Several rules judged in one statement."""
    compiler = _compiler()
    conditions = [f"({compiler.condition(rule)} IS TRUE)" for rule in rules]
    named = {fact for rule in rules for fact in facts_named(rule)}
    return StatementParts(conditions, _counted(named, only), compiler.values)


def matching(rule: Node, before: Node | None = None) -> Matching:
    """How a rule divides the registry, and what would change if it replaced ``before``."""
    compiler = _compiler()
    named = sorted(facts_named(rule))
    # Without a rule before, the counts of gained and lost are 0.
    earlier = compiler.condition(before) if before else compiler.condition(rule)
    columns = [f"{compiler.condition(rule)} AS now", f"{earlier} AS before"]
    columns += [f"{_is_open(FACTS[fact])} AS no_{fact}" for fact in named]
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
        f" (SELECT {', '.join(columns)} FROM {tables} WHERE {LIVING}) judged"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, compiler.values)
        likely, unlikely, unknown, gained, lost, *missing = cursor.fetchone()
    pairs = zip(named, missing[::2], missing[1::2], strict=True)
    return Matching(
        likely, unlikely, unknown, tuple(Missing(*pair) for pair in pairs if pair[1]), gained, lost
    )


def _is_open(fact: Fact) -> str:
    """Not known, or not exactly."""
    return f"({fact.column} = {fact.most_column or fact.column}) IS NOT TRUE"


def _tables(facts: Collection[str]) -> str:
    """Only what the facts need: a rule over a person's own facts reads one table."""
    home = "" if all(FACTS[fact].of_person for fact in facts) else HOME_TABLES
    return f"registry_person person{home}{_counted(facts)}"


def _counted(facts: Collection[str], only: str = "") -> str:
    """The counts, once for each household, where a rule names one of them."""
    counts = [FACTS[fact] for fact in sorted(facts) if FACTS[fact].is_counted]
    if not counts:
        return ""
    columns = ", ".join(f"{fact.sql} AS {fact.name}" for fact in counts)
    columns += "".join(f", {fact.most_sql} AS {fact.name}_most" for fact in counts if fact.most_sql)
    # Whom none of them counts need not be read.
    read = f" AND ({' OR '.join(fact.members for fact in counts)})" if all(f.members for f in counts) else ""
    return f"""
LEFT JOIN (
    SELECT member.household_id, {columns}
    FROM registry_membership member JOIN registry_person person ON person.id = member.person_id
    WHERE member.{IS_CURRENT}{only}{read}
    GROUP BY member.household_id
) counted ON counted.household_id = home.household_id"""  # noqa: S608  # constants only

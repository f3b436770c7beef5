"""A rule judged for the whole registry in one statement. NULL is "not known"."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from django.db import connection
from django.utils import timezone

from registry.facts.fact import Fact
from registry.facts.table import FACTS
from registry.models import IS_CURRENT
from registry.rules.names import Value
from registry.rules.nodes import And, Condition, Constant, Node, Not, Or, facts_named
from registry.rules.sql import Compiler

HOME_TABLES = f"""
LEFT JOIN registry_membership home ON home.person_id = person.id AND home.{IS_CURRENT}
LEFT JOIN registry_household household ON household.id = home.household_id"""

# Of a household: that it is the open one of one of some persons.
OF_PERSONS = f"""= ANY (ARRAY(
    SELECT household_id FROM registry_membership
    WHERE {IS_CURRENT} AND person_id = ANY (%(subjects)s::bigint[])
))"""  # noqa: S608
OF_HOUSEHOLDS = "= ANY (%(subjects)s::bigint[])"

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


@dataclass(frozen=True, slots=True)
class _AtHome:
    """Conditions on nothing but the household, judged once for it and not for each member."""

    compiler: Compiler
    columns: dict[str, str] = field(default_factory=dict)
    """By condition."""

    def column(self, node: Node) -> str:
        """Empty for another condition."""
        if not _is_of_household(node):
            return ""
        condition = self.compiler.condition(node)
        return f"at_home.{self.columns.setdefault(condition, f'verdict_{len(self.columns)}')}"

    def table(self, counted: str, only: str) -> str:
        if not self.columns:
            return ""
        judged = ", ".join(f"{condition} AS {column}" for condition, column in self.columns.items())
        where = f" WHERE household.id {only}" if only else ""
        return f"""
LEFT JOIN (
    SELECT household.id, {judged} FROM registry_household household{counted}{where}
) at_home ON at_home.id = home.household_id"""  # noqa: S608  # constants only


def _is_of_household(node: Node) -> bool:
    """Not "true" or "false", which are known of somebody without a household too."""
    match node:
        case Constant():
            return False
        case Condition(fact):
            return FACTS[fact].of_members is not None
        case Not(operand):
            return _is_of_household(operand)
        case And(left, right) | Or(left, right):
            return _is_of_household(left) and _is_of_household(right)


def _compiler() -> Compiler:
    columns = {fact.name: fact.column for fact in FACTS.values()}
    most = {fact.name: fact.most_column for fact in FACTS.values() if fact.most_column}
    reaches = {fact.name: fact.reaches for fact in FACTS.values() if fact.reaches}
    return Compiler(columns, most, reaches, today_values())


def as_part(rule: Node, only: str = "") -> StatementPart:
    """``only`` (``OF_PERSONS``, ``OF_HOUSEHOLDS``): of ``subjects`` alone is the household judged."""
    parts = as_parts([rule], only)
    return StatementPart(parts.conditions[0], parts.tables, parts.values)


def as_parts(rules: Sequence[Node], only: str = "") -> StatementParts:
    """Several rules judged in one statement."""
    compiler = _compiler()
    at_home = _AtHome(compiler)
    of_person = replace(compiler, judged=at_home.column)
    conditions = [f"({of_person.condition(rule)} IS TRUE)" for rule in rules]
    named = {fact for rule in rules for fact in facts_named(rule)}
    table = at_home.table(_counted(named, only), only)
    return StatementParts(conditions, table, compiler.values)


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
    limit = f" AND member.household_id {only}" if only else ""
    # Whom none of them counts need not be read.
    read = f" AND ({' OR '.join(fact.members for fact in counts)})" if all(f.members for f in counts) else ""
    return f"""
LEFT JOIN (
    SELECT member.household_id, {columns}
    FROM registry_membership member JOIN registry_person person ON person.id = member.person_id
    WHERE member.{IS_CURRENT}{limit}{read}
    GROUP BY member.household_id
) counted ON counted.household_id = household.id"""  # noqa: S608  # constants only

"""The facts of ``facts.py`` as SQL, and whom of the whole registry a rule concerns: one statement each.

Every expression means what its Python means there; a property test compares them. NULL is "not known".
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone

from registry.models import Membership, Person
from registry.persons.circumstances import DIFFICULTIES
from registry.rules.names import Value
from registry.rules.nodes import Node, facts_named
from registry.rules.sql import Compiler

_BATCH = 2000

# In the years before this year's birthday one less. ``day`` is month and day as one number.
_AGE = (
    "(%(year)s - EXTRACT(YEAR FROM {person}.date_of_birth)::int"
    " - (EXTRACT(MONTH FROM {person}.date_of_birth) * 100 + EXTRACT(DAY FROM {person}.date_of_birth)"
    " > %(day)s)::int)"
)
# OR is already what the Washington Group says: one "a lot" decides, else every answer must be there.
_DISABILITY = "({{person}}.disability_level <> '' OR {})".format(
    " OR ".join(f"{{person}}.{question} >= {int(Person.Difficulty.A_LOT)}" for question in DIFFICULTIES)
)

AGE, DISABILITY = _AGE.format(person="person"), _DISABILITY.format(person="person")

OWN = {
    "age": AGE,
    "sex": "person.sex",
    "pregnant": f"(person.sex <> '{Person.Sex.MALE.value}' AND person.pregnant)",
    "disability": DISABILITY,
    "studying": "person.studying",
    "working": "person.working",
    "province_code": "left(person.village_id, 2)",
}
HOME = {
    "is_head": f"(home.relationship = '{Membership.Relationship.HEAD.value}')",
    "poverty_level": (
        "(CASE WHEN household.poverty_valid_to < %(today)s THEN NULL"
        " ELSE NULLIF(household.poverty_level, '') END)"
    ),
}
COUNTED = {
    "household_size": "counted.household_size",
    "children_under_2": "counted.children_under_2",
    "children_under_18": "counted.children_under_18",
    "elders_60": "counted.elders_60",
    "disabled_in_household": "counted.disabled_in_household",
}
FACTS = {**OWN, **HOME, **COUNTED}

HOME_TABLES = """
LEFT JOIN registry_membership home ON home.person_id = person.id AND home.ended_on IS NULL
LEFT JOIN registry_household household ON household.id = home.household_id"""

# Every household is counted once, and only when a rule names one of the counts.
_COUNTED = f"""
LEFT JOIN (
    SELECT member.household_id,
        count(*) AS household_size,
        count(*) FILTER (WHERE {AGE} < 2) AS children_under_2,
        count(*) FILTER (WHERE {AGE} < 18) AS children_under_18,
        count(*) FILTER (WHERE {AGE} >= 60) AS elders_60,
        CASE WHEN bool_or({DISABILITY}) THEN count(*) FILTER (WHERE {DISABILITY})
             WHEN bool_or({DISABILITY} IS NULL AND {AGE} >= 5) THEN NULL
             ELSE 0 END AS disabled_in_household
    FROM registry_membership member JOIN registry_person person ON person.id = member.person_id
    WHERE member.ended_on IS NULL{{only}}
    GROUP BY member.household_id
) counted ON counted.household_id = home.household_id"""  # noqa: S608  # constants of this file only
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


def array(numbers: Iterable[int]) -> str:
    """A PostgreSQL array as one parameter, ten times faster than number by number."""
    return "{" + ",".join(map(str, numbers)) + "}"


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
    compiler = Compiler(FACTS, today_values())
    condition = f"({compiler.condition(rule)} IS TRUE)"
    counted = _COUNTED.format(only=only) if facts_named(rule) & COUNTED.keys() else ""
    return Part(condition, counted, compiler.values)


def persons_meeting(rule: Node, among: Collection[int] | None = None) -> Iterator[int]:
    """Ids, ascending, of those who surely meet the rule; read from the database as they are needed."""
    compiler = Compiler(FACTS, today_values())
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
    compiler = Compiler(FACTS, today_values())
    named = sorted(facts_named(rule))
    # Without a rule before, nobody gains and nobody loses.
    earlier = compiler.condition(before) if before else compiler.condition(rule)
    columns = [f"{compiler.condition(rule)} AS now", f"{earlier} AS before"]
    columns += [f"{FACTS[fact]} IS NULL AS no_{fact}" for fact in named]
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
    home = HOME_TABLES if named & (HOME.keys() | COUNTED.keys()) else ""
    counted = _COUNTED.format(only=only) if named & COUNTED.keys() else ""
    return f"registry_person person{home}{counted}"

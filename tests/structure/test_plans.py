"""No list, search or page reads every row of a table that grows with the country.

PostgreSQL is told that each table has 200,000 rows, and plans by that; what it plans is read, and not timed.
"""

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from registry.models import Person
from tests.roles import as_owner
from tests.structure.test_access import SITE, addresses
from tests.structure.test_admin_lists import list_of, seen_lists

ROWS = 200_000
# One made for staff, or for what is open, holds few of them.
ROWS_OF_PARTIAL_INDEX = 2_000
SELECTS = ('SELECT "', "SELECT COUNT", "SELECT 1", "SELECT DISTINCT", "(SELECT")
STAFF = ("steward", "auditor", "reviewer nssf")
# Tables of offices, rules and machines, which do not grow with the country. A new table grows unless it is
# named here.
SMALL = {
    "accounts.TOTPDevice", "approval.Proposal", "auth.Group", "auth.Permission", "contenttypes.ContentType",
    "exchange.Agreement", "exchange.Incident", "exchange.Operator", "jobs.Job", "notifications.Budget",
    "notifications.CircuitBreaker", "notifications.DemoMessage", "registry.Area",
    "registry.Benefit", "registry.ImportSource",
    "registry.LifeSituation", "registry.Programme", "registry.ProgrammeSituation",
    "registry.ProgrammeQuestion", "registry.QuestionsVersion", "registry.RuleVersion",
    "working_days.DecreedDay",
    "grievances.RoutingRule", "grievances.Team", "grievances.Team_members",
}  # fmt: skip
# What a column of a row takes that is there for its page only, by category of its type.
EMPTY = {"N": "1", "S": "''", "B": "false", "D": "now()", "A": "'{}'", "T": "'0'"}
OF_TYPE = {"uuid": "gen_random_uuid()", "jsonb": "'{}'", "bytea": "''", "inet": "'127.0.0.1'"}


def large_tables() -> list[str]:
    models = [one for one in apps.get_models() if one._meta.managed and not one._meta.proxy]
    return sorted({one._meta.db_table for one in models if one._meta.label not in SMALL})


def columns(table: str) -> Iterator[tuple[str, str]]:
    """Each that must be filled, and with what."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(attname), typcategory, typname FROM pg_attribute JOIN pg_type ON"
            " pg_type.oid = atttypid WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
            " AND attnotnull AND attidentity = ''",
            [table],
        )
        for name, category, kind in cursor.fetchall():
            yield name, OF_TYPE.get(kind) or EMPTY[category]


def told_large(table: str, *, analyse: bool) -> None:
    """An empty table is read whole whatever is said of it, so it has a page. ``analyse``: keys of other rows
    are as many as in the few rows there are, but all of these are of today."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT EXISTS (SELECT FROM "{table}")')
        if not cursor.fetchone()[0]:
            cursor.execute(
                "SELECT quote_ident(conname) FROM pg_constraint"
                " WHERE contype = 'c' AND conrelid = %s::regclass",
                [table],
            )
            for (name,) in cursor.fetchall():
                cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT {name}')
            filled = dict(columns(table))
            names, values = ", ".join(filled), ", ".join(filled.values())
            cursor.execute(f'INSERT INTO "{table}" ({names}) VALUES ({values})')
            cursor.execute(f'DELETE FROM "{table}"')  # the page stays
        # Rows that earlier tests rolled back stay in a table and its indexes, and cost more to read than a
        # table of that size would.
        cursor.execute(
            "SELECT indexrelid::regclass FROM pg_index JOIN pg_class ON pg_class.oid = indrelid"
            " WHERE indrelid = %s::regclass AND indisprimary AND relkind = 'r'",
            [table],
        )
        for (index,) in cursor.fetchall():
            cursor.execute(f'CLUSTER "{table}" USING {index}')
        if analyse:
            cursor.execute(f'ANALYZE "{table}"')
        else:  # what the few rows of an earlier test said
            cursor.execute("DELETE FROM pg_statistic WHERE starelid = %s::regclass", [table])
        cursor.execute(
            "UPDATE pg_class SET reltuples = CASE WHEN EXISTS (SELECT FROM pg_index WHERE indexrelid ="
            " pg_class.oid AND indpred IS NOT NULL) THEN %s ELSE %s END,"
            " relpages = greatest(pg_relation_size(oid) / 8192, 1) WHERE oid = %s::regclass"
            " OR oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = %s::regclass)"
            " OR oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = %s::regclass)",
            [ROWS_OF_PARTIAL_INDEX, ROWS, *[table] * 3],
        )


@pytest.fixture
def country(request, filled) -> None:
    """Pages ask for what belongs to one person, lists for what is newest, or in one state."""
    asks_by_key = "who" in request.fixturenames
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table in large_tables():
            told_large(table, analyse=asks_by_key)
        cursor.execute("SET LOCAL session_replication_role = origin")


def whole(plan: dict[str, Any], limited: bool = False) -> Iterator[str]:
    """The large tables that are read whole; one may be read until a page is full."""
    table = plan.get("Relation Name", "")
    if plan["Node Type"] == "Seq Scan" and ("Filter" in plan or not limited):
        yield f"{table}: {plan.get('Filter', '')}"
    for below in plan.get("Plans", ()):
        yield from whole(below, (limited or plan["Node Type"] == "Limit") and plan["Node Type"] != "Sort")


def read_whole(ask: Callable[[], Any]) -> Iterator[str]:
    with CaptureQueriesContext(connection) as asked:
        ask()
    tables = set(large_tables())
    for sql in {one["sql"] for one in asked if one["sql"].startswith(SELECTS)}:
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN (FORMAT JSON) " + sql.replace("%", "%%"), [])
            (found,) = cursor.fetchone()
        for what in whole((json.loads(found) if isinstance(found, str) else found)[0]["Plan"]):
            if what.partition(":")[0] in tables:
                yield f"{what} in {sql[:3000]}"


def searched_for(person: Person) -> list[str]:
    return [person.spid, person.name, person.latin_name, "012345678", "A-0000-0000"]


@pytest.mark.timeout(300)
def test_no_list_of_the_admin_and_no_search_of_it(staff_clients, country, house):
    found, seen = [], 0
    person = house.family.memberships.first().person
    for who, client, model, page in seen_lists({who: staff_clients[who] for who in STAFF}):
        typed = searched_for(person) if page.search_fields else []
        asks = [partial(client.get, list_of(model))]
        asks += [partial(client.post, list_of(model), {"q": query}) for query in typed]
        for ask in asks:
            seen += 1
            found += [f"{who} {model.__name__}: {what}" for what in read_whole(ask)]
    assert seen > 50
    assert not found, "\n".join(found)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("who", ["citizen", "assisted_session"])
def test_no_page(browsers, country, house, who):
    found = []
    client: Client = browsers[who]
    for name, path in addresses(house).items():
        if name in SITE:
            own = path.replace(house.strange_application.reference, house.application.reference)
            found += [f"{name}: {what}" for what in read_whole(partial(client.get, own))]
    for query in searched_for(house.family.memberships.first().person):
        found += read_whole(partial(client.post, "/km/counter/", {"query": query}))
    assert not found, "\n".join(found)

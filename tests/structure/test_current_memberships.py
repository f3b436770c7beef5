"""Which column says that somebody lives in a household now, only ``registry/models/household.py`` knows.

Looked for in every module: conditions on that column, by its name alone or at the end of a way through
relations, and SQL that asks for it. What is written into it is no condition.
"""

import ast
import re

import pytest

from tests.packages import BASE, PACKAGES
from tests.structure.test_imports import name_of, sources, tree

KNOWS = "registry.models.household"
ASKED_BY_SQL = re.compile(r"\bended_on\s+IS\s+(NOT\s+)?NULL\b", re.IGNORECASE)
WRITES = {"update_membership", "update", "create"}


def is_ended_on(name: str | None) -> bool:
    return name is not None and re.search(r"(^|__)ended_on(__isnull)?$", name) is not None


def asks_by_hand(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=func, keywords=keywords):
            called = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
            return called not in WRITES and any(is_ended_on(one.arg) for one in keywords)
        case ast.Tuple(elts=[ast.Constant(value=str(name)), _]):
            return is_ended_on(name)  # Q(("ended_on", None))
        case ast.Dict(keys=keys, values=values):
            named = [value for key, value in zip(keys, values, strict=True) if is_ended_on(last_text(key))]
            return any(isinstance(value, ast.Constant) for value in named)
        case ast.Compare(left=ast.Attribute(attr="ended_on"), comparators=[ast.Constant(value=None)]):
            return True
        case ast.Constant(value=str(text)):
            return ASKED_BY_SQL.search(text) is not None
        case _:
            return False


def last_text(key: ast.expr | None) -> str | None:
    """Of a key that is a text, or a text with values in it."""
    if isinstance(key, ast.JoinedStr):
        key = key.values[-1] if key.values else None
    return key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else None


@pytest.mark.parametrize(
    "code",
    [
        "Membership.objects.filter(person=person, ended_on=None)",
        "home.memberships.exclude(ended_on__isnull=True)",
        "Person.objects.filter(memberships__household=home, memberships__ended_on=None)",
        "rows.get(Q(person__memberships__ended_on__isnull=True))",
        "Q(**{'memberships__ended_on': None})",
        "Q(**{f'{of}memberships__ended_on': None})",
        "Q(('ended_on', None))",
        "member.ended_on is None",
        "member.ended_on is not None",
        "'SELECT 1 FROM registry_membership WHERE ended_on IS NULL'",
        "f'SELECT 1 FROM {table} AS member WHERE member.ended_on is null AND {more}'",
    ],
)
def test_a_condition_by_hand_is_seen(code: str):
    assert any(map(asks_by_hand, ast.walk(ast.parse(code))))


@pytest.mark.parametrize(
    "code",
    [
        "Membership.objects.current().filter(person=person)",
        "writer.update_membership(row, ended_on=None)",
        "{'since': 'started_on', 'until': 'ended_on'}",
        "{'ended_on': row.ended_on}",
    ],
)
def test_what_is_no_condition_is_left_alone(code: str):
    assert not any(map(asks_by_hand, ast.walk(ast.parse(code))))


def test_nobody_else_asks_for_it_by_hand():
    found = [
        f"{name_of(path)}:{node.lineno} {ast.unparse(node)}"
        for path in sources(*PACKAGES, "benchmarks")
        if name_of(path) != KNOWS
        for node in ast.walk(tree(path))
        if asks_by_hand(node)
    ]
    assert not found, f"use what {KNOWS} offers:\n" + "\n".join(found)


def test_nor_does_a_file_of_sql():
    files = [path for domain in PACKAGES for path in (BASE / domain).rglob("*.sql")]
    assert files
    assert not [path.name for path in files if ASKED_BY_SQL.search(path.read_text())]

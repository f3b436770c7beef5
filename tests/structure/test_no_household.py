"""Nothing is looked for by the household of somebody who may live in none: ``filter(household=None)`` finds
whoever lives in none, and through memberships it reads the whole register."""

import ast
from collections.abc import Iterator

import pytest

from tests.packages import PACKAGES
from tests.structure.test_imports import name_of, sources, tree

LOOKS = {"filter", "exclude", "get", "Q"}
OF_A_HOUSEHOLD = {"household", "household_id", "home"}
# What always has one: a membership, a consent, an event that happens to a household,
# and a visit.
HAVE_ONE = {
    "member.household_id",
    "consent.household_id",
    "membership.household_id",
    "last.household",
    "last.household_id",
    "event.home",
    "visit.household_id",
}

GUARDED = """
def found(request):
    if request.household_id is None:
        return Person.objects.none()
    return Person.objects.filter(memberships__household=request.household_id)
"""
KNOWN = "def found(home: Household):\n    return Person.objects.filter(memberships__household=home)"
WRONG = [
    "def found(request):\n    return Person.objects.filter(memberships__household=request.household_id)",
    "def found(about):\n    return Application.objects.exclude(person__memberships__household=about.home)",
    "def found(event):\n    home = event.household\n    return Q(household=home)",
    "def found(home: Household | None):\n    return Consent.objects.get(household=home)",
]


def by_household(function: ast.AST) -> Iterator[ast.expr]:
    for call in ast.walk(function):
        if isinstance(call, ast.Call) and getattr(call.func, "attr", getattr(call.func, "id", "")) in LOOKS:
            yield from (
                one.value
                for one in call.keywords
                if one.arg and one.arg.rpartition("__")[2] in OF_A_HOUSEHOLD and may_be_none(one.value)
            )


def may_be_none(value: ast.expr) -> bool:
    if isinstance(value, ast.Attribute):
        return value.attr in OF_A_HOUSEHOLD and ast.unparse(value) not in HAVE_ONE
    return isinstance(value, ast.Name)


def asked_about(function: ast.FunctionDef) -> set[str]:
    """What the function asks about before, or gets as something that is never None."""
    tests = [one.test for one in ast.walk(function) if isinstance(one, ast.If | ast.IfExp)]
    arguments = [*function.args.args, *function.args.kwonlyargs]
    return {ast.unparse(part) for test in tests for part in ast.walk(test) if isinstance(part, ast.expr)} | {
        one.arg for one in arguments if one.annotation and "None" not in ast.unparse(one.annotation)
    }


def unguarded(module: ast.AST) -> list[str]:
    return [
        f"{function.name}: {ast.unparse(value)}"
        for function in ast.walk(module)
        if isinstance(function, ast.FunctionDef)
        for value in by_household(function)
        if ast.unparse(value) not in asked_about(function)
    ]


def test_nothing_is_looked_for_by_a_household_that_may_be_none():
    found = {name_of(path): unguarded(tree(path)) for path in sources(*PACKAGES)}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("source", WRONG)
def test_it_would_be_found(source):
    assert unguarded(ast.parse(source))


@pytest.mark.parametrize("source", [GUARDED, KNOWN])
def test_what_asks_before_is_right(source):
    assert not unguarded(ast.parse(source))

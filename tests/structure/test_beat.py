"""Of what a regular task does for each row, one that fails keeps no other from its turn."""

import ast
import inspect
import textwrap
from collections.abc import Iterator
from functools import cache
from types import FunctionType
from typing import Any

import pytest
from django.conf import settings

from dsp_platform.background.faults import apart, each_apart
from dsp_platform.background.retention import rules
from dsp_platform.celery import app
from tests.packages import PACKAGES

REPEATED = (ast.For, ast.While, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
WRITING = {
    "create",
    "get_or_create",
    "update_or_create",
    "bulk_create",
    "save",
    "update",
    "delete",
    "execute",
}
ONE = "one transaction, whole or not at all"
PAGES = "pages of one statement, which knows no row"
TOGETHER = {
    "dsp_platform.approval.services._lapse": ONE,
    "dsp_platform.exchange.ledger.partitions.drop_old": "months in their order",
    "dsp_platform.exchange.ledger.partitions.ensure": ONE,
    "dsp_platform.exchange.ledger.retention.clear_all_old_values": PAGES,
    "dsp_platform.exchange.ledger.retention.clear_old_values": PAGES,
    "dsp_platform.exchange.ledger.retention.drop_old_attempts": "for each month a line in the log",
    "dsp_platform.exchange.operations.alerts.check": ONE,
    "dsp_platform.exchange.operations.alerts.post_to_webhook": "one receiver, who takes the rest later",
    "dsp_platform.exchange.reports.services.handle_waiting": "puts each off, and goes on",
    "dsp_platform.notifications.budget._rows": ONE,
    "dsp_platform.notifications.budget.take": ONE,
    "dsp_platform.notifications.delivery._call_providers": "the providers of one message",
    "dsp_platform.notifications.delivery._claim": "deferred by time; those that fail are under a lease",
    "dsp_platform.notifications.delivery.sweep": "those that fail are under a lease, and the next is another",
    "dsp_platform.notifications.retention.forget_phones": PAGES,
    "dsp_platform.uploads.services.purge": PAGES,
    "registry.beneficiaries.expiry.expire_levels": "a day that fails is the next one again: none is left out",
    "registry.coverage.counting.count_coverage": ONE,
    "registry.provenance.services.end_agreed": PAGES,
}
"""Loops that write for each row and are not ``apart``, and why."""


def own(found: object) -> FunctionType | None:
    found = getattr(found, "__func__", found)
    function = inspect.unwrap(found) if callable(found) else None
    is_own = isinstance(function, FunctionType) and function.__module__.startswith(tuple(PACKAGES))
    return function if is_own else None


def called(call: ast.Call, names: dict[str, Any]) -> FunctionType | None:
    """The function of ours that is called, by its name or as part of something that the module names."""
    match call.func:
        case ast.Name(id=name):
            return own(names.get(name))
        case ast.Attribute(value=ast.Name(id=where), attr=name) if where in names:
            return own(getattr(names[where], name, None))
    return None


@cache
def parsed(function: FunctionType) -> ast.AST:
    return ast.parse(textwrap.dedent(inspect.getsource(function)))


def calls(node: ast.AST) -> Iterator[ast.Call]:
    return (one for one in ast.walk(node) if isinstance(one, ast.Call))


def is_writing(call: ast.Call, names: dict[str, Any], seen: frozenset[FunctionType] = frozenset()) -> bool:
    """Or one of those that it calls."""
    if isinstance(call.func, ast.Attribute) and call.func.attr in WRITING:
        return True
    function = called(call, names)
    if function is None or function in seen:
        return False
    return any(is_writing(one, function.__globals__, seen | {function}) for one in calls(parsed(function)))


def is_apart(node: ast.AST, names: dict[str, Any]) -> bool:
    if not isinstance(node, ast.With):
        return False
    entered = [one.context_expr for one in node.items if isinstance(one.context_expr, ast.Call)]
    return any(called(one, names) is own(apart) for one in entered)


def writing_loops(function: FunctionType, seen: set[FunctionType]) -> Iterator[str]:
    """The functions with such a loop, among this one and those that it calls; not within what is apart."""
    if function in seen or function is own(each_apart):
        return
    seen.add(function)
    names = function.__globals__
    waiting: list[tuple[ast.AST, bool]] = [(parsed(function), False)]
    while waiting:
        node, is_repeated = waiting.pop()
        if is_apart(node, names):
            continue
        if isinstance(node, ast.Call):
            if is_repeated and is_writing(node, names):
                yield f"{function.__module__}.{function.__qualname__}"
            if callee := called(node, names):
                yield from writing_loops(callee, seen)
        waiting += [(one, is_repeated or isinstance(node, REPEATED)) for one in ast.iter_child_nodes(node)]


@pytest.fixture(scope="module")
def found() -> set[str]:
    app.loader.import_default_modules()
    tasks = [app.tasks[one["task"]].run for one in settings.CELERY_BEAT_SCHEDULE.values()]
    purges = [one.purge for one in rules() if one.purge is not None]
    seen: set[FunctionType] = set()
    return {one for begun in map(own, [*tasks, *purges]) if begun for one in writing_loops(begun, seen)}


def test_what_a_regular_task_does_for_each_row_is_apart(found):
    assert not found - TOGETHER.keys()


def test_each_reason_is_of_a_loop_that_is_there(found):
    assert not TOGETHER.keys() - found


def each_by_itself(rows):
    for row in rows:
        with apart("x"):
            row.save()


def all_at_once(rows):
    for row in rows:
        deeper(row)


def deeper(row):
    row.save()


def test_the_walk_tells_them_apart(monkeypatch):
    monkeypatch.setattr(f"{__name__}.PACKAGES", ["tests", "dsp_platform"])
    assert not set(writing_loops(each_by_itself, set()))
    assert set(writing_loops(all_at_once, set())) == {f"{__name__}.all_at_once"}


class TestEachApart:
    @staticmethod
    def odd(key):
        if key % 2:
            raise KeyError(key)

    @pytest.mark.django_db  # what a failed part left of its connection is closed
    def test_those_that_fail_take_nobody_s_turn(self):
        assert each_apart("x", [1, 3, 5, 2, 7, 4, 6], self.odd, most=2) == 2

    def test_no_more_than_so_many_are_done(self):
        done = []
        assert each_apart("x", range(9), done.append, most=3) == 3
        assert done == [0, 1, 2]

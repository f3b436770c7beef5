"""The transaction of a test is none of the code's own: a row locked in it alone would be an error outside of
tests, where the line that locks it runs without one."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError

_of_tests: list[int] = []
"""How many blocks of transactions the running test is in by itself."""
_as_sql = SQLCompiler.as_sql


def _locking_in_own_transactions(self: Any, *args: Any, **more: Any) -> Any:
    of_test = (
        self.connection.alias == connection.alias and len(self.connection.atomic_blocks) <= _of_tests[-1]
    )
    if self.query.select_for_update and of_test:
        raise TransactionManagementError("a row is locked, but only the test has begun a transaction")
    return _as_sql(self, *args, **more)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    if not connection.in_atomic_block:
        return (yield)  # Django refuses it itself
    _of_tests.append(len(connection.atomic_blocks))
    SQLCompiler.as_sql = _locking_in_own_transactions  # type: ignore[method-assign]
    try:
        return (yield)
    finally:
        SQLCompiler.as_sql = _as_sql  # type: ignore[method-assign]
        _of_tests.pop()

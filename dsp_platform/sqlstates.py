"""Why PostgreSQL ended a statement, by its SQLSTATE: Django keeps that in the cause of its own error."""

from django.db import OperationalError

CUT_OFF = "57014"
"""It took longer than it may (statement_timeout), or somebody cancelled it."""
NOT_AVAILABLE = "55P03"
"""It waited for a lock for longer than it may (lock_timeout)."""


def is_ended_by(error: BaseException | None, state: str) -> bool:
    return isinstance(error, OperationalError) and getattr(error.__cause__, "sqlstate", "") == state

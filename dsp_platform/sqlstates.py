"""Why PostgreSQL ended a statement, by its SQLSTATE: Django keeps that in the cause of its own error."""

from django.db import DatabaseError, DataError, IntegrityError, OperationalError

CUT_OFF = "57014"
"""It took longer than it may (statement_timeout), or somebody cancelled it."""
NOT_AVAILABLE = "55P03"
"""It waited for a lock for longer than it may (lock_timeout)."""
REFUSED = "P0001"
"""A trigger of ours refused it."""


def is_refused(error: DatabaseError) -> bool:
    """What was written is wrong, as a trigger or a constraint says; the machine is well."""
    state = getattr(error.__cause__, "sqlstate", "")
    return state == REFUSED or isinstance(error, IntegrityError | DataError)


def is_ended_by(error: BaseException | None, state: str) -> bool:
    return isinstance(error, OperationalError) and getattr(error.__cause__, "sqlstate", "") == state

"""Why PostgreSQL refused or cancelled a statement, by the SQLSTATE in the cause of Django's error."""

from django.db import DatabaseError, DataError, IntegrityError, InterfaceError, OperationalError

CANCELLED = "57014"
"""query_canceled: it exceeded statement_timeout, or was cancelled by hand."""
LOCK_NOT_AVAILABLE = "55P03"
"""It exceeded lock_timeout."""
REFUSED = "P0001"
"""raise_exception: a trigger of ours refused it."""

# The connection was lost; the transaction was rolled back for another one (a deadlock); the server stops.
_PASSING = ("08", "40", LOCK_NOT_AVAILABLE, "57P")


def is_refused(error: DatabaseError) -> bool:
    """By a trigger or a constraint: what was written is wrong, and to try again is useless."""
    state = getattr(error.__cause__, "sqlstate", "")
    return state == REFUSED or isinstance(error, IntegrityError | DataError)


def is_violation_of(error: IntegrityError, *constraints: str) -> bool:
    """False for a NOT NULL, which has no name."""
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) in constraints


def is_ended_by(error: BaseException | None, state: str) -> bool:
    return isinstance(error, OperationalError) and getattr(error.__cause__, "sqlstate", "") == state


def is_passing(error: BaseException) -> bool:
    """The server or another transaction ended it: the same may succeed when it is tried again."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    return not state or state.startswith(_PASSING)

"""A table or view of the operator's own database, in place of a file.

The connection is that by which records are delivered: ``OPERATOR_<CODE>_DATABASE_URL``, never stored.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from dsp_platform.exchange.adapters import table_rows
from dsp_platform.exchange.adapters.base import OperatorUnavailable
from registry.imports.reading.sheet import Note, Row, Sheet, Unreadable


@contextmanager
def open_table(operator: str, table: Sequence[str], *, wanted: Sequence[str]) -> Iterator[Sheet]:
    """Only the columns that the mapping names are asked for. Raises ``Unreadable``, also while rows are
    taken."""
    try:
        with table_rows.open_table(operator, table, wanted) as rows:
            numbered = (Row(number, cells) for number, cells in enumerate(rows, 1))
            yield Sheet(wanted, numbered, [Note("table", {"table": ".".join(table)})])
    except OperatorUnavailable as error:
        raise Unreadable("database", reason=error.reason) from None

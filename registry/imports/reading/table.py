"""A table or view of the operator's own database, in place of a file.

It has no order, and may change at any moment: it is copied whole, as it stands at one, before its rows are
counted, and whoever goes on with them reads the copy. The connection is that by which records are delivered:
``OPERATOR_<CODE>_DATABASE_URL``, never stored.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from dsp_platform.exchange.adapters import table_rows
from dsp_platform.exchange.adapters.base import OperatorUnavailable
from registry.imports.reading.sheet import Note, Row, Sheet, Unreadable

PACK = 500
"""Rows of a line of the copy."""


def copied(operator: str, table: Sequence[str], *, wanted: Sequence[str]) -> Iterator[bytes]:
    """Only the columns that the mapping names are asked for. Raises ``Unreadable``, also in the middle."""
    try:
        with table_rows.open_table(operator, table, wanted) as rows:
            while pack := list(islice(rows, PACK)):
                yield json.dumps(pack, ensure_ascii=False).encode() + b"\n"
    except OperatorUnavailable as error:
        raise Unreadable("database", reason=error.reason) from None


@contextmanager
def open_copy(path: Path, table: Sequence[str], *, wanted: Sequence[str]) -> Iterator[Sheet]:
    with path.open(encoding="utf-8") as file:
        rows = (cells for line in file for cells in json.loads(line))
        numbered = (Row(number, cells) for number, cells in enumerate(rows, 1))
        yield Sheet(wanted, numbered, [Note("table", {"table": ".".join(table)})])

"""Reads a whole table or view of an operator's database, a pack of rows at a time."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg
from psycopg import sql

from dsp_platform.exchange.adapters.base import OperatorUnavailable
from dsp_platform.exchange.adapters.database_connection import Lenient, connect, cut_after
from dsp_platform.exchange.adapters.database_errors import operator_reason

PACK = 2000
LONGEST_VALUE = 1000

Texts = Sequence[str]


@contextmanager
def open_table(code: str, table: Sequence[str], columns: Sequence[str]) -> Iterator[Iterator[Texts]]:
    """The columns of the operator's table as text, empty for what is not set, as they stood when it was
    opened. Raises OperatorUnavailable, also while rows are taken."""
    connection, patience = connect(code)
    as_text = sql.SQL("coalesce(left({0}::text, {1}), '')")
    query = sql.SQL("SELECT {} FROM {}").format(
        sql.SQL(", ").join(
            as_text.format(sql.Identifier(name), sql.Literal(LONGEST_VALUE)) for name in columns
        ),
        sql.Identifier(*table),
    )
    try:
        with connection, connection.transaction():
            connection.execute("SET TRANSACTION READ ONLY")
            with connection.cursor(name="dspp_import") as cursor:
                cursor.adapters.register_loader("text", Lenient)
                with cut_after(connection, patience):
                    cursor.execute(query)
                yield _packs(connection, cursor, patience)
    except psycopg.Error as error:
        raise OperatorUnavailable(operator_reason(error)) from None


def _packs(
    connection: psycopg.Connection[tuple[str, ...]],
    cursor: "psycopg.ServerCursor[tuple[str, ...]]",
    patience: float,
) -> Iterator[Texts]:
    try:
        while True:
            with cut_after(connection, patience):
                pack = cursor.fetchmany(PACK)
            if not pack:
                return
            yield from pack
    except psycopg.Error as error:
        raise OperatorUnavailable(operator_reason(error)) from None

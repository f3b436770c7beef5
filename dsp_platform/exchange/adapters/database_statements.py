"""The statements by which the records of one agreement enter an operator's table.

Every name of a table or column is quoted, never pasted. They are made once for each agreement and process.
"""

from dataclasses import dataclass
from itertools import count

from psycopg import sql

from dsp_platform.database.arrays import quoted
from dsp_platform.exchange.adapters.base import OperatorUnavailable
from dsp_platform.exchange.mapping.columns import Value
from dsp_platform.exchange.mapping.layout import Layout
from dsp_platform.exchange.models import Agreement


@dataclass(frozen=True, slots=True)
class Statements:
    """``open`` comes first in each session, ``open_one_by_one`` before the first ``one_by_one``."""

    layout: Layout
    open: bytes
    copy: bytes
    upsert: bytes
    """Two results: how many rows were taken, and the number of the operator's transaction."""
    ignored: bytes
    """How many rows were neither taken nor present in the same or a newer version."""
    open_one_by_one: bytes
    one_by_one: bytes
    """Each of the given rows by itself: places, from 1, and errors of those that failed. At place 0 stands
    the number of the operator's transaction; an empty error is a row that was dropped without an error."""


_numbers = count(1)
_made: dict[int, Statements] = {}


def statements_of(agreement: Agreement) -> Statements:
    """Raises OperatorUnavailable for a mapping that cannot be read."""
    try:
        layout = agreement.layout
    except ValueError:
        raise OperatorUnavailable("bad_mapping") from None
    known = _made.get(agreement.pk)
    if known is None or known.layout is not layout:
        known = _made[agreement.pk] = _make(layout, f"dspp_{next(_numbers)}")
    return known


OPEN = """
CREATE TEMPORARY TABLE {name} ON COMMIT DELETE ROWS AS SELECT {columns} FROM {table} WITH NO DATA;
PREPARE {name} AS {upsert}
"""
UPSERT = """
INSERT INTO {table} AS theirs ({columns}{stamp}) {given}
ON CONFLICT ({key}) DO UPDATE SET {changes}
WHERE theirs.{version} IS NULL OR theirs.{version} < excluded.{version}
"""
# The limit keeps the planner from reading the whole table, whatever it estimates for the staged rows.
IGNORED = """
SELECT count(*) FROM {staged} AS given LEFT JOIN LATERAL (
    SELECT theirs.{version} FROM {table} AS theirs WHERE theirs.{key} = given.{key} LIMIT 1
) AS theirs ON true
WHERE theirs.{version} IS NULL OR theirs.{version} < given.{version}
"""
# Where a row is bad the server finds it, in one round trip and linear time: each row has a subtransaction of
# its own. An error that concerns the operator as a whole ends all of them.
ONE_BY_ONE = """
#variable_conflict use_column
DECLARE
    dspp_line text;
    dspp_row {staged}%ROWTYPE;
BEGIN
    SET CONSTRAINTS ALL IMMEDIATE;
    dspp_place := 0;
    dspp_code := txid_current()::text;
    RETURN NEXT;
    FOREACH dspp_line IN ARRAY dspp_lines LOOP
        dspp_place := dspp_place + 1;
        BEGIN
            dspp_row := dspp_line::{staged};
            {upsert};
            IF NOT FOUND THEN
                PERFORM FROM {table} AS theirs
                WHERE theirs.{key} = dspp_row.{key} AND theirs.{version} >= dspp_row.{version};
                IF NOT FOUND THEN
                    dspp_code := '';
                    RETURN NEXT;
                END IF;
            END IF;
        EXCEPTION WHEN OTHERS THEN
            IF SQLSTATE ~ '^(08|25|28|40|53|55|57|58|F0|XX)' THEN
                RAISE;
            END IF;
            dspp_code := SQLSTATE;
            RETURN NEXT;
        END;
    END LOOP;
END
"""
OPEN_ONE_BY_ONE = """
CREATE FUNCTION {staged}(dspp_lines text[]) RETURNS TABLE (dspp_place bigint, dspp_code text)
LANGUAGE plpgsql AS {body}
"""


def _make(layout: Layout, name: str) -> Statements:
    staged = sql.Identifier("pg_temp", name)
    changed = [name for name in layout.column_names if name != layout.key_column]
    changes = [sql.SQL("{0} = excluded.{0}").format(sql.Identifier(name)) for name in changed]
    if layout.written_at:
        changes.append(sql.SQL("{} = now()").format(sql.Identifier(layout.written_at)))
    parts: dict[str, sql.Composable] = {
        "name": sql.Identifier(name),
        "staged": staged,
        "table": sql.Identifier(*layout.table),
        "key": sql.Identifier(layout.key_column),
        "version": sql.Identifier(layout.version_column),
        "columns": _listed(layout, "{0}"),
        "stamp": sql.SQL(", {}").format(sql.Identifier(layout.written_at)) if layout.written_at else _NOTHING,
        "changes": sql.SQL(", ").join(changes),
    }
    stamped = sql.SQL(", now()") if layout.written_at else _NOTHING

    def filled(text: str, **more: sql.Composable) -> sql.Composed:
        return sql.SQL(text).format(**parts, **more)

    together = sql.SQL("SELECT {}{} FROM {}").format(parts["columns"], stamped, staged)
    alone = sql.SQL("VALUES ({}{})").format(_listed(layout, "dspp_row.{0}"), stamped)
    body = filled(ONE_BY_ONE, upsert=filled(UPSERT, given=alone)).as_string(None)
    made = {
        "open": filled(OPEN, upsert=filled(UPSERT, given=together)),
        "copy": filled("COPY {staged} ({columns}) FROM STDIN"),
        "upsert": filled("EXECUTE {name}; SELECT txid_current()"),
        "ignored": filled(IGNORED),
        "open_one_by_one": filled(OPEN_ONE_BY_ONE, body=sql.Literal(body)),
        "one_by_one": filled("SELECT dspp_place, dspp_code FROM {staged}(%s::text[])"),
    }
    return Statements(layout, **{part: text.as_bytes(None) for part, text in made.items()})


_NOTHING = sql.SQL("")


def _listed(layout: Layout, form: str) -> sql.Composed:
    return sql.SQL(", ").join(sql.SQL(form).format(sql.Identifier(name)) for name in layout.column_names)


def row_text(row: list[Value]) -> str:
    """A row as PostgreSQL reads it from one text, for ``one_by_one``."""
    return "(" + ",".join(map(_cell, row)) + ")"


def _cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "t" if value else "f"  # as COPY writes it, because the column may be text
    return quoted(str(value))

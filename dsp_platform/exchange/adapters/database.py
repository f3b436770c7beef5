"""The operator's own PostgreSQL: COPY into a temporary table, then one version-guarded upsert."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

import psycopg
from django.utils import timezone
from psycopg import sql
from psycopg.rows import dict_row

from dsp_platform.exchange.adapters import database_compare as compare
from dsp_platform.exchange.adapters.base import Delivery, Range, Session, Summary
from dsp_platform.exchange.adapters.database_errors import connect_reason, operator_reason, record_refusal
from dsp_platform.exchange.contract import OperatorUnavailable, Outcome, Withdrawal
from dsp_platform.exchange.mapping import Layout, NoCode, compile_mapping
from dsp_platform.exchange.models import Agreement, Operator
from dsp_platform.exchange.statuses import Reported, read_report, status_columns

CONNECT_SECONDS = 5
SERVER_SETTINGS = {
    "statement_timeout": "60s",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "120s",
    # Every statement is short, or one plain scan: compiling it takes longer than it saves.
    "jit": "off",
}
# Milliseconds until a peer that no longer answers counts as gone.
TCP_TIMEOUT = 30_000


def connection_variable(operator: Operator) -> str:
    return f"OPERATOR_{operator.code.upper().replace('-', '_')}_DATABASE_URL"


def connect(operator: Operator) -> psycopg.Connection[Any]:
    url = os.environ.get(connection_variable(operator))
    if not url:
        raise OperatorUnavailable("not_configured")
    try:
        return psycopg.connect(
            url,
            autocommit=True,
            connect_timeout=CONNECT_SECONDS,
            tcp_user_timeout=TCP_TIMEOUT,
            application_name="dspp",
            options=" ".join(f"-c {name}={value}" for name, value in SERVER_SETTINGS.items()),
        )
    except psycopg.ProgrammingError:
        raise OperatorUnavailable("not_configured") from None
    except psycopg.Error as error:
        raise OperatorUnavailable(connect_reason(error)) from None


@dataclass(frozen=True, slots=True)
class Bulk:
    """The statements of one agreement, made once per session."""

    layout: Layout
    copy: sql.Composed
    upsert: sql.Composed


class Row(NamedTuple):
    subject_id: int
    values: list[Any]


def _identifiers(names: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))


def _statements(layout: Layout, staging: sql.Identifier) -> tuple[sql.Composed, Bulk]:
    table, key = sql.Identifier(*layout.table), sql.Identifier(layout.key_column)
    version = sql.Identifier(layout.version_column)
    columns = _identifiers(layout.column_names)
    create = sql.SQL(
        "CREATE TEMPORARY TABLE {} ON COMMIT DELETE ROWS AS SELECT {} FROM {} WITH NO DATA"
    ).format(staging, columns, table)
    changes = sql.SQL(", ").join(
        sql.SQL("{0} = excluded.{0}").format(sql.Identifier(name))
        for name in layout.column_names
        if name != layout.key_column
    )
    stamp = [sql.SQL(", {}").format(sql.Identifier(layout.written_at))] if layout.written_at else []
    upsert = sql.SQL(
        "INSERT INTO {table} AS held ({columns}{stamp}) SELECT {columns}{now} FROM {staging} "
        "ON CONFLICT ({key}) DO UPDATE SET {changes}{stamped} "
        "WHERE held.{version} IS NULL OR held.{version} < excluded.{version}"
    ).format(
        table=table,
        columns=columns,
        staging=staging,
        key=key,
        changes=changes,
        version=version,
        stamp=sql.Composed(stamp),
        now=sql.SQL(", now()" if stamp else ""),
        stamped=sql.Composed([*stamp, *[sql.SQL(" = now()") for _column in stamp]]),
    )
    copy = sql.SQL("COPY {} ({}) FROM STDIN").format(staging, columns)
    return create, Bulk(layout, copy, upsert)


Found = TypeVar("Found")


def _layout(agreement: Agreement) -> Layout:
    try:
        return compile_mapping(agreement.mapping)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise OperatorUnavailable("bad_mapping") from None


class DatabaseSession:
    def __init__(self, operator: Operator) -> None:
        self.operator = operator
        self.connection = connect(operator)
        self.bulks: dict[int, Bulk] = {}

    def close(self) -> None:
        self.connection.close()

    def push(self, agreement: Agreement, deliveries: Sequence[Delivery]) -> list[Outcome]:
        bulk = self._bulk(agreement)
        outcomes: list[Outcome] = []
        rows: list[Row] = []
        today = timezone.localdate()
        for delivery in deliveries:
            item = delivery.item
            try:
                if isinstance(item, Withdrawal):
                    values = bulk.layout.tombstone_row(delivery.revision, item.key, today)
                else:
                    values = bulk.layout.record_row(delivery.revision, item.values)
                rows.append(Row(item.subject_id, values))
            except NoCode as missing:
                outcomes.append(Outcome(item.subject_id, "invalid", f"no_code:{missing.field}"[:64]))
            except (KeyError, ValueError):
                outcomes.append(Outcome(item.subject_id, "invalid", "cannot_encode"))
        return outcomes + (self._apply(bulk, rows) if rows else [])

    def _bulk(self, agreement: Agreement) -> Bulk:
        if agreement.pk not in self.bulks:
            layout = _layout(agreement)
            create, bulk = _statements(layout, sql.Identifier(f"dspp_{agreement.pk}"))
            try:
                self.connection.execute(create)
            except psycopg.Error as error:
                raise OperatorUnavailable(operator_reason(error)) from None
            self.bulks[agreement.pk] = bulk
        return self.bulks[agreement.pk]

    def _apply(self, bulk: Bulk, rows: Sequence[Row]) -> list[Outcome]:
        """All at once; if one of them is bad, each half by itself, until the bad one stands alone."""
        try:
            self._write(bulk, rows)
        except psycopg.Error as error:
            refusal = record_refusal(error)
            if refusal is None:
                # Even if this statement was rolled back, an earlier half may have been committed.
                raise OperatorUnavailable(operator_reason(error), sent=True) from None
            if len(rows) == 1:
                return [Outcome(rows[0].subject_id, *refusal)]
            middle = len(rows) // 2
            return self._apply(bulk, rows[:middle]) + self._apply(bulk, rows[middle:])
        return [Outcome(row.subject_id, "delivered") for row in rows]

    def _write(self, bulk: Bulk, rows: Sequence[Row]) -> None:
        with self.connection.transaction(), self.connection.cursor() as cursor:
            with cursor.copy(bulk.copy) as copy:
                for row in rows:
                    copy.write_row(row.values)
            cursor.execute(bulk.upsert)

    def summaries(self, agreement: Agreement, bounds: Sequence[int]) -> list[Summary]:
        return self._compared(agreement, lambda layout: compare.summaries(self.connection, layout, bounds))

    def versions(self, agreement: Agreement, ranges: Sequence[Range]) -> list[list[int]]:
        return self._compared(agreement, lambda layout: compare.versions(self.connection, layout, ranges))

    def keys(self, agreement: Agreement, versions: Sequence[int]) -> list[tuple[int, str]]:
        return self._compared(agreement, lambda layout: compare.keys(self.connection, layout, versions))

    def highest(self, agreement: Agreement) -> int:
        return self._compared(agreement, lambda layout: compare.highest(self.connection, layout))

    def _compared(self, agreement: Agreement, ask: Callable[[Layout], Found]) -> Found:
        try:
            return ask(_layout(agreement))
        except psycopg.Error as error:
            raise OperatorUnavailable(operator_reason(error)) from None

    def pull(self, after: int, limit: int) -> list[Reported]:
        mapping = self.operator.status_mapping
        cursor_column = sql.Identifier(mapping["cursor"])
        query = sql.SQL("SELECT {} FROM {} WHERE {} > %s ORDER BY {} LIMIT %s").format(
            _identifiers(status_columns(mapping)),
            sql.Identifier(*mapping["table"].split(".")),
            cursor_column,
            cursor_column,
        )
        try:
            with self.connection.cursor(row_factory=dict_row) as cursor:
                rows = cursor.execute(query, [after, limit]).fetchall()
        except psycopg.Error as error:
            raise OperatorUnavailable(operator_reason(error)) from None
        return [read_report(mapping, row) for row in rows]


class DatabaseAdapter:
    def open(self, operator: Operator) -> Session:
        return DatabaseSession(operator)

"""The operator's own PostgreSQL: COPY into a temporary table, then one version-guarded upsert."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import repeat
from typing import TypeVar

import psycopg
from django.utils import timezone
from psycopg import sql
from psycopg.rows import dict_row

from dsp_platform.database.arrays import text_array
from dsp_platform.exchange.adapters import database_compare as compare
from dsp_platform.exchange.adapters.base import (
    Delivery,
    OperatorUnavailable,
    Outcome,
    Range,
    Session,
    Summary,
)
from dsp_platform.exchange.adapters.database_connection import Lenient, connect, cut_after, urls_given
from dsp_platform.exchange.adapters.database_errors import (
    WORTH_REPEATING,
    concerns_operator,
    is_uncertain,
    operator_reason,
    refusal,
)
from dsp_platform.exchange.adapters.database_statements import (
    Statements,
    row_text,
    statements_of,
)
from dsp_platform.exchange.adapters.statuses import LONGEST_VALUE, Reported, StatusMapping, read_report
from dsp_platform.exchange.contract import Record
from dsp_platform.exchange.mapping.columns import NoCode, Value
from dsp_platform.exchange.mapping.layout import Layout
from dsp_platform.exchange.models import Agreement, Operator

# How often a batch is tried that conflicts with another transaction at the operator.
TRIES = 3

CANNOT_ENCODE = (NoCode, KeyError, TypeError, ValueError)

Found = TypeVar("Found")


class RowIgnored(Exception):
    """The operator's database took a row without an error and does not have it."""


class DatabaseSession:
    def __init__(self, operator: Operator) -> None:
        self.operator = operator
        self.connection, self.patience = connect(operator.code)
        # By agreement: the statements whose temporary table, and whose function, this session has.
        self.opened: dict[int, Statements] = {}
        self.opened_one_by_one: dict[int, Statements] = {}
        self.committing = False

    def close(self) -> None:
        self.connection.close()

    def push(self, agreement: Agreement, deliveries: Sequence[Delivery]) -> list[Outcome]:
        statements = statements_of(agreement)
        subjects, rows, outcomes = _encode(statements.layout, deliveries)
        self.committing = False
        try:
            if rows:
                outcomes += self._deliver(agreement.pk, statements, subjects, rows)
        except psycopg.Error as error:
            sent = self.committing and is_uncertain(error)
            raise OperatorUnavailable(operator_reason(error), sent=sent) from None
        return outcomes

    def _deliver(
        self, agreement: int, statements: Statements, subjects: list[int], rows: list[list[Value]]
    ) -> list[Outcome]:
        """All in one batch; if one of them is bad, each by itself."""
        if self.opened.get(agreement) is not statements:
            self._bounded(lambda: self.connection.execute(statements.open))
            self.opened[agreement] = statements
        try:
            receipt = self._bounded(lambda: self._push_batch(statements, rows))
        except (RowIgnored, UnicodeEncodeError):
            return self._push_one_by_one(agreement, statements, subjects, rows)
        except psycopg.Error as error:
            if concerns_operator(error):
                raise
            return self._push_one_by_one(agreement, statements, subjects, rows)
        outcomes = zip(subjects, repeat("delivered"), repeat(""), repeat(receipt), strict=False)
        return list(map(Outcome._make, outcomes))

    def _bounded(self, work: Callable[[], Found]) -> Found:
        for _try in range(TRIES - 1):
            with suppress(*WORTH_REPEATING), cut_after(self.connection, self.patience):
                return work()
        with cut_after(self.connection, self.patience):
            return work()

    def _push_batch(self, statements: Statements, rows: list[list[Value]]) -> str:
        """The receipt: the number of the operator's transaction."""
        with self.connection.transaction(), self.connection.cursor() as cursor:
            with cursor.copy(statements.copy) as copy:
                write = copy.write_row
                for row in rows:
                    write(row)
            taken = cursor.execute(statements.upsert).rowcount
            cursor.nextset()
            ((number,),) = cursor.fetchall()
            # Fewer where the operator has newer versions, which is fine, or where a trigger dropped a row.
            if taken < len(rows) and cursor.execute(statements.ignored).fetchone() != (0,):
                raise RowIgnored
            self.committing = True
        return f"txid:{number}"

    def _push_one_by_one(
        self, agreement: int, statements: Statements, subjects: list[int], rows: list[list[Value]]
    ) -> list[Outcome]:
        outcomes, sent, texts = [], [], []
        for subject, row in zip(subjects, rows, strict=True):
            text = row_text(row)
            if _can_be_sent(text):
                sent.append(subject)
                texts.append(text)
            else:
                outcomes.append(Outcome(subject, "invalid", "bad_character"))
        if self.opened_one_by_one.get(agreement) is not statements:
            self._bounded(lambda: self.connection.execute(statements.open_one_by_one))
            self.opened_one_by_one[agreement] = statements
        self.committing = True
        given = [text_array(texts)]
        codes = dict(self._bounded(lambda: self.connection.execute(statements.one_by_one, given).fetchall()))
        receipt = f"txid:{codes[0]}"
        for place, subject in enumerate(sent, start=1):
            failed = place in codes
            outcomes.append(
                Outcome(subject, *refusal(codes[place]))
                if failed
                else Outcome(subject, "delivered", "", receipt)
            )
        return outcomes

    def pull(self, after: int, limit: int) -> list[Reported]:
        mapping = StatusMapping.model_validate(self.operator.status_mapping)
        # As text: a date or a character that only their database can read must not stop the others. Truncated
        # by their server, so that an overlong value is not even sent.
        as_text = sql.SQL("left(status.{0}::text, {1}) AS {0}")
        query = sql.SQL(
            "SELECT {} FROM {} AS status WHERE status.{cursor} > %s ORDER BY status.{cursor} LIMIT %s"
        ).format(
            sql.SQL(", ").join(
                as_text.format(sql.Identifier(name), sql.Literal(LONGEST_VALUE)) for name in mapping.columns
            ),
            sql.Identifier(*mapping.table),
            cursor=sql.Identifier(mapping.cursor),
        )
        try:
            with (
                cut_after(self.connection, self.patience),
                self.connection.cursor(row_factory=dict_row) as cursor,
            ):
                cursor.adapters.register_loader("text", Lenient)
                rows = cursor.execute(query, [after, limit]).fetchall()
        except psycopg.Error as error:
            raise OperatorUnavailable(operator_reason(error)) from None
        return [read_report(mapping, row) for row in rows]

    def summaries(self, agreement: Agreement, bounds: Sequence[int]) -> list[Summary]:
        return self._compared(agreement, lambda layout: compare.summaries(self.connection, layout, bounds))

    def versions(self, agreement: Agreement, ranges: Sequence[Range]) -> list[list[int]]:
        return self._compared(agreement, lambda layout: compare.versions(self.connection, layout, ranges))

    def keys(self, agreement: Agreement, versions: Sequence[int]) -> list[tuple[int, str]]:
        return self._compared(agreement, lambda layout: compare.keys(self.connection, layout, versions))

    def highest(self, agreement: Agreement) -> int:
        return self._compared(agreement, lambda layout: compare.highest(self.connection, layout))

    def _compared(self, agreement: Agreement, ask: Callable[[Layout], Found]) -> Found:
        layout = statements_of(agreement).layout
        try:
            return self._bounded(lambda: ask(layout))
        except psycopg.Error as error:
            raise OperatorUnavailable(operator_reason(error)) from None


def _encode(
    layout: Layout, deliveries: Sequence[Delivery]
) -> tuple[list[int], list[list[Value]], list[Outcome]]:
    """Subjects and their rows, and the outcomes of those that cannot be written."""
    try:
        return [item.subject_id for _revision, item in deliveries], _rows(layout, deliveries), []
    except CANNOT_ENCODE:
        pass
    subjects: list[int] = []
    rows: list[list[Value]] = []
    refused: list[Outcome] = []
    for delivery in deliveries:
        subject = delivery.item.subject_id
        try:
            rows += _rows(layout, [delivery])
            subjects.append(subject)
        except NoCode as missing:
            refused.append(Outcome(subject, "invalid", f"no_code:{missing.field}"[:64]))
        except CANNOT_ENCODE:
            refused.append(Outcome(subject, "invalid", "cannot_encode"))
    return subjects, rows, refused


def _rows(layout: Layout, deliveries: Sequence[Delivery]) -> list[list[Value]]:
    today = timezone.localdate()
    record, tombstone = layout.record_row, layout.tombstone_row
    return [
        record(revision, item.values) if isinstance(item, Record) else tombstone(revision, item.key, today)
        for revision, item in deliveries
    ]


def _can_be_sent(text: str) -> bool:
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False


class DatabaseAdapter:
    def open(self, operator: Operator) -> Session:
        return DatabaseSession(operator)

    def reaches_by(self) -> list[str]:
        return urls_given()

"""One statement for a batch of subjects: whom of them an agreement concerns, and the fields of their records.

Every delivery runs it. The database judges the rule and formats each field, so that Python does nothing per
record but wrap it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from dsp_platform.database.arrays import array
from dsp_platform.exchange.contract import Record, Withdrawal
from dsp_platform.exchange.models import Agreement
from registry.eligibility.sql import StatementPart
from registry.records.entitled import NOBODY, consent_part

OF_SUBJECTS = "= ANY (%(subjects)s::bigint[])"


@dataclass(frozen=True, slots=True)
class Statement:
    """``concerned`` is the condition on ``alias``, the table of the subjects, joined to ``tables``."""

    alias: str
    tables: str
    concerned: str
    consent: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def count(self) -> int:
        """How many it concerns; only of a statement over the whole population."""
        query = f"SELECT count(*) FROM {self.tables} WHERE {self.concerned}"  # noqa: S608
        with connection.cursor() as cursor:
            cursor.execute(query, dict(self.values))
            return int(cursor.fetchone()[0])

    def rows(self, subjects: Sequence[int], columns: Sequence[str]) -> list[tuple[Any, ...]]:
        """By id: id, version, consent, whether concerned, and the columns."""
        fixed = (f"{self.alias}.id", f"{self.alias}.version", self.consent, f"({self.concerned})")
        query = (
            f"SELECT {', '.join((*fixed, *columns))} FROM {self.tables}"  # noqa: S608
            f" WHERE {self.alias}.id {OF_SUBJECTS} ORDER BY {self.alias}.id"
        )
        with connection.cursor() as cursor:
            cursor.execute(query, {**self.values, "subjects": array(subjects)})
            rows: list[tuple[Any, ...]] = cursor.fetchall()
            return rows


def ids_of_each(statements: Sequence[Statement], subjects: Sequence[int]) -> list[tuple[int, int]]:
    """Whom each concerns, by its number in the list: in one statement, as a change is announced to every
    operator at once."""
    if not statements:
        return []
    with connection.cursor() as cursor:
        parts = [
            cursor.mogrify(
                f"SELECT {number}, {one.alias}.id FROM {one.tables}"  # noqa: S608
                f" WHERE {one.alias}.id {OF_SUBJECTS} AND {one.concerned}",
                {**one.values, "subjects": array(subjects)},
            )
            for number, one in enumerate(statements)
        ]
        cursor.execute(" UNION ALL ".join(parts))
        found: list[tuple[int, int]] = cursor.fetchall()
        return found


def statement(
    agreement: Agreement,
    *,
    alias: str,
    household: str,
    tables: str,
    part: StatementPart,
    whom: str,
    applicants: str = NOBODY,
) -> Statement:
    """``whom`` says with ``{rule}`` and ``{applicants}``, a query, whom it concerns; consent is added."""
    joined, given, consent = consent_part(agreement, household)
    concerned = whom.format(rule=part.condition, applicants=applicants)
    return Statement(
        alias=alias,
        tables=f"{tables}{joined}{part.tables}",
        concerned=f"{concerned} AND {given}",
        consent=consent,
        values={**part.values, "operator": agreement.operator_id},
    )


def records(rows: Sequence[tuple[Any, ...]], names: Sequence[str]) -> Iterator[Record | Withdrawal]:
    """``rows`` as of ``Statement.rows``, with the agreement's key as the first column and then the names."""
    for pk, version, consent, concerned, key, *values in rows:
        if concerned:
            yield Record(pk, version, dict(zip(names, values, strict=True)), consent)
        else:
            yield Withdrawal(pk, version, str(key))

"""How a row of an operator's status table is read: its columns and words turned into ours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Annotated, Any, ClassVar

from django.utils import timezone
from pydantic import BaseModel, BeforeValidator, Field

from dsp_platform.encryption import crypto
from dsp_platform.exchange.adapters.plausible_dates import is_plausible
from dsp_platform.exchange.mapping.columns import spelled_out
from dsp_platform.exchange.mapping.schema import table_parts
from dsp_platform.khmer.text import clean_lines

LONGEST_VALUE = 2000
"""Of one column, in characters, because the operator decides what it writes there."""
HIGHEST_CURSOR = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Reported:
    """``problem`` is a short code if the report is to be held for a person."""

    cursor: int
    reference: str
    kind: str
    subject: str
    status: str
    occurred_at: datetime
    values: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""


class Constant(BaseModel):
    constant: str
    columns: ClassVar[Sequence[str]] = ()

    def read(self, row: Mapping[str, Any]) -> tuple[str, bool]:
        return self.constant, True


class StatusColumn(BaseModel):
    """``values`` turns the operator's word into ours."""

    column: str
    values: dict[str, str] | None = None

    @property
    def columns(self) -> Sequence[str]:
        return (self.column,)

    def read(self, row: Mapping[str, Any]) -> tuple[str, bool]:
        """(our word, whether it is one we know)."""
        word = _text(row[self.column])
        return (word, True) if self.values is None else (self.values.get(word, word), word in self.values)


class MomentColumn(BaseModel):
    column: str
    date_text: str = ""

    @property
    def columns(self) -> Sequence[str]:
        return (self.column,)

    def read(self, row: Mapping[str, Any]) -> datetime | None:
        """Now where the column is empty; None for a moment that is not plausible."""
        value = row[self.column]
        if value is None:
            return timezone.now()
        if isinstance(value, str):
            try:
                value = (
                    datetime.strptime(value, self.date_text)  # noqa: DTZ007
                    if self.date_text
                    else datetime.fromisoformat(value)
                )
            except ValueError:
                return None
        if isinstance(value, date) and not isinstance(value, datetime):
            value = datetime.combine(value, time())
        if not isinstance(value, datetime):
            return None
        try:
            value = timezone.make_aware(value) if timezone.is_naive(value) else value
        except OverflowError:
            return None
        return value if is_plausible(value) else None


Source = Annotated[Constant | StatusColumn, Field(union_mode="left_to_right"), BeforeValidator(spelled_out)]


class StatusMapping(BaseModel):
    """Where the parts of a report stand in the operator's status table (``agreement-mapping.md``)."""

    table: Annotated[list[Annotated[str, Field(min_length=1)]], BeforeValidator(table_parts)]
    cursor: str
    reference: Source
    kind: Source
    subject: Source
    status: Source
    occurred_at: Annotated[MomentColumn, BeforeValidator(spelled_out)]
    values: dict[str, Source] = {}

    @property
    def columns(self) -> list[str]:
        sources = (self.reference, self.kind, self.subject, self.status, self.occurred_at)
        named = [name for source in (*sources, *self.values.values()) for name in source.columns]
        return list(dict.fromkeys([self.cursor, *named]))


def _text(value: Any) -> str:
    """Cleaned like typed text of invisible characters; NUL could not even be stored."""
    return "" if value is None else clean_lines(str(value)[:LONGEST_VALUE])


def read_report(mapping: StatusMapping, row: Mapping[str, Any]) -> Reported:
    """Raises ValueError for a row whose number cannot be a cursor."""
    cursor = int(row[mapping.cursor])
    if cursor > HIGHEST_CURSOR:
        raise ValueError("a number too large for the cursor")
    kind, kind_known = mapping.kind.read(row)
    status, status_known = mapping.status.read(row)
    subject = mapping.subject.read(row)[0]
    occurred_at = mapping.occurred_at.read(row)
    reference = mapping.reference.read(row)[0][:128]
    if not reference:
        # With the content, because serial numbers repeat after a restore.
        content = crypto.digest("report", *(_text(value) for value in row.values()))
        reference = f"row-{cursor}-{content.hex()[:16]}"
    problem = ""
    if not subject:
        problem = "no_subject"
    elif not kind_known:
        problem = "unknown_kind"
    elif not status_known:
        problem = "unknown_status"
    elif occurred_at is None:
        problem = "invalid_date"
    return Reported(
        cursor=cursor,
        reference=reference,
        kind=kind[:32],
        subject=subject[:64],
        status=status[:64],
        occurred_at=occurred_at or timezone.now(),
        values={name: source.read(row)[0] for name, source in mapping.values.items()},
        problem=problem,
    )

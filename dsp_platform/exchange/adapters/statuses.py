"""How a row of an operator's status table is read: its columns and words turned into ours."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Any, ClassVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils import timezone
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field

from dsp_platform.database.days import start_of
from dsp_platform.encryption import crypto
from dsp_platform.exchange.adapters.plausible_dates import is_plausible
from dsp_platform.exchange.mapping.columns import spelled_out
from dsp_platform.exchange.mapping.schema import table_parts
from dsp_platform.khmer.text import clean_lines

_TIME = re.compile("%[HIMSfpcXz]")

LONGEST_VALUE = 2000
"""Of one column, in characters, because the operator decides what it writes there."""
NO_ZONE = "no_zone"
"""A moment of which neither the value nor the mapping says the time zone."""
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


def _checked_zone(zone: str) -> str:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError("not a time zone") from None
    return zone


class MomentColumn(BaseModel):
    """``zone`` is that of moments which are written without one. A day needs none: it is that day here."""

    column: str
    date_text: str = ""
    zone: Annotated[str, AfterValidator(_checked_zone)] | None = None

    @property
    def columns(self) -> Sequence[str]:
        return (self.column,)

    @property
    def lacks_zone(self) -> bool:
        """Whether every moment that it reads is without one."""
        return self.zone is None and _has_time(self.date_text) and "%z" not in self.date_text

    def read(self, row: Mapping[str, Any]) -> tuple[datetime | None, str]:
        """Now where the column is empty. Without a moment: the short code of the problem."""
        value = row[self.column]
        if value is None:
            return timezone.now(), ""
        try:
            moment, needs_zone = self._parsed(value)
        except (ValueError, OverflowError):
            return None, "invalid_date"
        if not is_plausible(moment):
            return None, "invalid_date"
        return (None, NO_ZONE) if needs_zone else (moment, "")

    def _parsed(self, value: Any) -> tuple[datetime, bool]:
        """The moment, and whether its zone is only assumed."""
        if isinstance(value, str):
            value = self._of_text(value)
        if isinstance(value, date) and not isinstance(value, datetime):
            return start_of(value), False
        if not isinstance(value, datetime):
            raise ValueError("not a moment")
        if timezone.is_aware(value):
            return value, False
        zone = ZoneInfo(self.zone) if self.zone else None
        return timezone.make_aware(value, zone), zone is None

    def _of_text(self, text: str) -> date:
        if self.date_text:
            read = datetime.strptime(text, self.date_text)  # noqa: DTZ007
            return read if _has_time(self.date_text) else date(read.year, read.month, read.day)
        try:
            return date.fromisoformat(text)
        except ValueError:
            return datetime.fromisoformat(text)


def _has_time(form: str) -> bool:
    return bool(_TIME.search(form.replace("%%", "")))


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
    occurred_at, unread = mapping.occurred_at.read(row)
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
    else:
        problem = unread
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

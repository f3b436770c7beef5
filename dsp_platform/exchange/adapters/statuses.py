"""How a row of an operator's status table is read: its columns and words turned into ours."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.utils import timezone

from dsp_platform import crypto
from dsp_platform.exchange.days import is_plausible
from dsp_platform.khmer.text import clean_lines

LONGEST_VALUE = 2000
"""Of one column, in characters. An operator decides what stands there: no row of theirs fills our memory."""
HIGHEST_CURSOR = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Reported:
    """``problem`` is a short code if the row needs a person; it is stored all the same."""

    cursor: int
    reference: str
    kind: str
    subject: str
    status: str
    occurred_at: datetime
    values: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""


def _columns(spec: Any) -> list[str]:
    if isinstance(spec, str):
        return [spec]
    return [spec["column"]] if "column" in spec else []


def status_columns(mapping: Mapping[str, Any]) -> list[str]:
    specs = [mapping["cursor"], mapping["reference"], mapping["kind"], mapping["subject"]]
    specs += [mapping["status"], mapping["occurred_at"], *mapping.get("values", {}).values()]
    return list(dict.fromkeys(name for spec in specs for name in _columns(spec)))


def _text(value: Any) -> str:
    """As what people type: without characters that nobody sees, of which NUL cannot even be stored."""
    return "" if value is None else clean_lines(str(value)[:LONGEST_VALUE])


def _read(spec: Any, row: Mapping[str, Any]) -> tuple[str, bool]:
    """(our word, whether it is one we know)."""
    if isinstance(spec, str):
        return _text(row[spec]), True
    if "constant" in spec:
        return spec["constant"], True
    word = _text(row[spec["column"]])
    if "values" not in spec:
        return word, True
    return spec["values"].get(word, word), word in spec["values"]


def _moment(spec: Any, row: Mapping[str, Any]) -> datetime | None:
    form = spec.get("date_text", "") if isinstance(spec, dict) else ""
    value = row[spec["column"] if isinstance(spec, dict) else spec]
    if value is None:
        return timezone.now()
    if isinstance(value, str):
        try:
            value = datetime.strptime(value, form) if form else datetime.fromisoformat(value)  # noqa: DTZ007
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


def _fingerprint(cursor: int, row: Mapping[str, Any]) -> str:
    """For a row without a reference: the number alone comes again when their table counts from 1 anew."""
    content = crypto.digest("report", *(_text(value) for value in row.values()))
    return f"row-{cursor}-{content.hex()[:16]}"


def read_report(mapping: Mapping[str, Any], row: Mapping[str, Any]) -> Reported:
    cursor = int(row[mapping["cursor"]])
    if cursor > HIGHEST_CURSOR:
        raise ValueError("a number that no column of ours can keep")
    kind, kind_known = _read(mapping["kind"], row)
    status, status_known = _read(mapping["status"], row)
    subject = _read(mapping["subject"], row)[0]
    occurred_at = _moment(mapping["occurred_at"], row)
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
        reference=_read(mapping["reference"], row)[0][:128] or _fingerprint(cursor, row),
        kind=kind[:32],
        subject=subject[:64],
        status=status[:64],
        occurred_at=occurred_at or timezone.now(),
        values={name: _read(spec, row)[0] for name, spec in mapping.get("values", {}).items()},
        problem=problem,
    )

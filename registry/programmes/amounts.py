"""The snapshot of a programme's amounts that a decision keeps, and that no two hold for one thing at once.

The versions of its rule are ``RuleVersion``: a trigger writes them.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db.models import Field
from django.utils.translation import gettext as _

from dsp_platform.approval.validity import plain
from registry.models import Benefit

SNAPSHOT_COLUMNS = (
    "label_km",
    "label_en",
    "amount",
    "percent",
    "per_km",
    "per_en",
    "valid_from",
    "precision",
    "valid_to",
)
"""What is kept of an amount."""
IDENTIFYING = ("kind", "label_km", "label_en", "per_km", "per_en")
"""Amounts that are alike in these are one amount at different times."""


def snapshot_of(amounts: Iterable[Benefit]) -> list[dict[str, Any]]:
    """For a JSON column."""
    return [plain({name: getattr(amount, name) for name in SNAPSHOT_COLUMNS}) for amount in amounts]


def from_snapshot(rows: Iterable[Mapping[str, Any]]) -> list[Benefit]:
    """The reverse: rows that are not saved."""
    fields = {name: cast("Field[Any, Any]", Benefit._meta.get_field(name)) for name in SNAPSHOT_COLUMNS}
    return [Benefit(**{name: field.to_python(row[name]) for name, field in fields.items()}) for row in rows]


def overlapping(amounts: Iterable[Mapping[str, Any]]) -> str:
    """The label of an amount of which two hold on one day; empty where there is none.

    What is announced for "about" a month holds from no day yet. The database has the same constraint.
    """
    found: dict[tuple[Any, ...], list[tuple[date, date]]] = {}
    for row in amounts:
        if row["precision"] == Benefit.Precision.ABOUT:
            continue
        first, last = (_day(row[name]) for name in ("valid_from", "valid_to"))
        periods = found.setdefault(tuple(row[name] or "" for name in IDENTIFYING), [])
        period = first or date.min, last or date.max
        if any(period[0] <= other[1] and other[0] <= period[1] for other in periods):
            return str(row["label_km"] or row["label_en"] or "")
        periods.append(period)
    return ""


def refuse_overlapping(amounts: Iterable[Mapping[str, Any]]) -> None:
    """Raises ValidationError."""
    if label := overlapping(amounts):
        raise ValidationError(
            _("Two amounts for “%(label)s” would hold on one day. Enter the last day of the earlier one.")
            % {"label": label}
        )


def _day(value: date | str | None) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) and value else value or None

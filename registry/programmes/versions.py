"""What a programme's rule and amounts were: an application stays with those by which it was judged."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db.models import Field, Q
from django.utils.translation import gettext as _

from dsp_platform.approval.validity import plain
from registry.models import Benefit, Programme

TOLD = (
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
"""The columns of an amount that is kept with a decision."""
SAME = ("kind", "label_km", "label_en", "per_km", "per_en")
"""Amounts that are alike in these are one amount at different times."""


def amounts_given_on(programme: Programme, day: date) -> list[Benefit]:
    """What the programme gives on that day, without confidential amounts."""
    public = Benefit.objects.filter(programme=programme, kind=Benefit.Kind.GIVES, confidential=False)
    known = public.exclude(precision=Benefit.Precision.ABOUT)  # announced, without an exact date yet
    in_force = Q(valid_to=None) | Q(valid_to__gte=day)
    return list(known.filter(in_force, valid_from__lte=day).order_by("pk"))


def kept(amounts: Iterable[Benefit]) -> list[dict[str, Any]]:
    """For a JSON column; ``as_told`` makes amounts of it again."""
    return [plain({name: getattr(amount, name) for name in TOLD}) for amount in amounts]


def as_told(rows: Iterable[Mapping[str, Any]]) -> list[Benefit]:
    fields = {name: cast("Field[Any, Any]", Benefit._meta.get_field(name)) for name in TOLD}
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
        periods = found.setdefault(tuple(row[name] or "" for name in SAME), [])
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

"""The date hierarchy of a list of the admin, without a scan of its rows.

Django's own hierarchy reads every row of the list for its distinct years, months or days.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import formats, timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

PARTS = ("year", "month", "day")


@dataclass(frozen=True, slots=True)
class Choice:
    title: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Dates:
    choices: list[Choice]
    back: Choice | None = None


def dates_of(rows: Any) -> Dates:
    """For a ``ChangeList``: its years, or the months or days of the chosen part."""
    name = str(rows.date_hierarchy)
    first, last = _end(rows, name), _end(rows, f"-{name}")
    if first is None or last is None:
        return Dates([])
    chosen = [int(rows.params[part]) for part in (f"{name}__{one}" for one in PARTS) if part in rows.params]
    if not chosen and first.year == last.year:
        chosen = [first.year] if first.month != last.month else [first.year, first.month]

    def link(*numbers: int) -> str:
        numbered = dict(zip(PARTS, numbers, strict=False))
        return str(rows.get_query_string({f"{name}__{part}": numbered.get(part) for part in PARTS}))

    if len(chosen) == len(PARTS):
        return Dates([Choice(_title(chosen))], Choice(_title(chosen[:2]), link(*chosen[:2])))
    # The parts of the chosen one, limited to those between the first row and the last.
    start, end = ([day.year, day.month, day.day][: len(chosen) + 1] for day in (first, last))
    days = range(1, monthrange(*chosen)[1] + 1) if len(chosen) == 2 else range(0)
    numbers = (range(first.year, last.year + 1), range(1, 13), days)[len(chosen)]
    parts = ([*chosen, number] for number in numbers)
    found = [Choice(_title(one), link(*one)) for one in parts if start <= one <= end]
    if not chosen:
        return Dates(found)
    year = chosen[:1]
    above = Choice(_("All dates"), link()) if chosen == year else Choice(_title(year), link(*year))
    return Dates(found, above)


def _end(rows: Any, order: str) -> date | None:
    value = rows.root_queryset.order_by(order).values_list(order.removeprefix("-"), flat=True).first()
    return timezone.localdate(value) if isinstance(value, datetime) else value


def _title(parts: list[int]) -> str:
    if len(parts) == 1:
        return str(parts[0])
    day = date(parts[0], parts[1], parts[2] if len(parts) == len(PARTS) else 1)
    return capfirst(formats.date_format(day, "YEAR_MONTH_FORMAT" if len(parts) == 2 else "MONTH_DAY_FORMAT"))

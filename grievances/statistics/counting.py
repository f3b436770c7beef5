"""How many grievances were received and answered, without persons.

Small counts are not shown, nor any that the total would give away. Sensitive kinds are counted together
and in no province: there is no table of kinds by place.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Substr, TruncQuarter
from django.utils import timezone
from django.utils.translation import gettext as _

from dsp_platform.casework.deadlines.selectors import kept
from dsp_platform.casework.deadlines.timetable import DueFor
from dsp_platform.database.days import start_of
from dsp_platform.web.small_counts import FEWEST
from grievances.categories import SENSITIVE, Category
from grievances.models import Grievance, GrievanceDeadline
from registry.models import Area

QUARTERS = 4
# What is promised to whoever reported: an answer, and that it is resolved.
PROMISED = (DueFor.ANSWER, DueFor.RESOLVE)
_MONTHS = 3


class Counts(NamedTuple):
    label: str
    received: int | None
    """None: too few to be shown."""
    answered: int | None
    in_time_percent: int | None


@dataclass(frozen=True, slots=True)
class Numbers:
    since: date
    until: date
    quarters: Sequence[Counts]
    categories: Sequence[Counts]
    provinces: Sequence[Counts]


def numbers(today: date | None = None) -> Numbers:
    """Of the last full quarters."""
    until = _quarter_of(today or timezone.localdate())
    since = until
    for _quarter in range(QUARTERS):
        since = _quarter_of(since - timedelta(days=1))
    rows = Grievance.objects.filter(reported_at__gte=start_of(since), reported_at__lt=start_of(until))
    harmless = rows.exclude(category__in=SENSITIVE)
    return Numbers(
        since=since,
        until=until - timedelta(days=1),
        quarters=_by_quarter(rows),
        categories=_by_category(rows),
        provinces=_by_province(harmless),
    )


def _quarter_of(day: date) -> date:
    """Its first day."""
    return day.replace(month=(day.month - 1) // _MONTHS * _MONTHS + 1, day=1)


def _counted(rows: QuerySet[Grievance], by: str) -> list[dict[str, Any]]:
    answered = Q(answered_at__isnull=False)
    found = rows.values(by).annotate(
        received=Count("pk"),
        answered=Count("pk", filter=answered),
        in_time=Count("pk", filter=answered & kept(GrievanceDeadline, PROMISED, timezone.now())),
    )
    return [dict(one) for one in found.order_by(by)]


def _by_quarter(rows: QuerySet[Grievance]) -> list[Counts]:
    found = {
        one["quarter"]: one for one in _counted(rows.annotate(quarter=TruncQuarter("reported_at")), "quarter")
    }
    return _shown((_quarter_label(start), found[start]) for start in sorted(found))


def _quarter_label(start: datetime) -> str:
    number = (start.month - 1) // _MONTHS + 1
    return _("Quarter %(number)s of %(year)s") % {"number": number, "year": start.year}


def _by_category(rows: QuerySet[Grievance]) -> list[Counts]:
    found, sensitive = [], dict.fromkeys(("received", "answered", "in_time"), 0)
    for one in _counted(rows, "category"):
        if one["category"] in SENSITIVE:
            sensitive = {name: number + one[name] for name, number in sensitive.items()}
        else:
            found.append((str(Category(one["category"]).label), one))
    return _shown([*found, ("; ".join(str(Category(code).label) for code in SENSITIVE), sensitive)])


def _by_province(rows: QuerySet[Grievance]) -> list[Counts]:
    named = rows.filter(area__isnull=False).annotate(province=Substr("area_id", 1, 2))
    names = {one.code: one.name for one in Area.objects.filter(level=Area.Level.PROVINCE)}
    found = _counted(named, "province")
    return _shown((names.get(one["province"], one["province"]), one) for one in found)


def _shown(found: Iterable[tuple[str, Mapping[str, int]]]) -> list[Counts]:
    rows = list(found)
    hidden = {at for at, (_label, one) in enumerate(rows) if one["received"] < FEWEST}
    others = sorted(set(range(len(rows))) - hidden, key=lambda at: rows[at][1]["received"])
    # The shown ones and the total tell what the hidden ones are together: neither one alone, nor few.
    while hidden and others and (len(hidden) == 1 or _received(rows, hidden) < FEWEST):
        hidden.add(others.pop(0))
    return [
        Counts(label, None, None, None) if at in hidden else _counts(label, one)
        for at, (label, one) in enumerate(rows)
    ]


def _received(rows: Sequence[tuple[str, Mapping[str, int]]], places: Iterable[int]) -> int:
    return sum(rows[at][1]["received"] for at in places)


def _counts(label: str, one: Mapping[str, int]) -> Counts:
    answered = one["answered"] if _is_shown(one["answered"], one["received"]) else None
    percent = None
    if answered is not None and _is_shown(one["in_time"], one["received"]):
        percent = round(100 * one["in_time"] / one["received"])
    return Counts(label, one["received"], answered, percent)


def _is_shown(number: int, of: int) -> bool:
    """Neither those nor the rest are few; nor are there none of them."""
    return number in (0, of) or (number >= FEWEST and of - number >= FEWEST)

"""How many grievances were received and answered, without persons.

Sensitive kinds are counted together and in no province: there is no table of kinds by place. What is too few
to be shown: ``hiding``.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Substr, TruncQuarter
from django.utils import timezone
from django.utils.translation import gettext as _

from dsp_platform.casework.deadlines.selectors import kept
from dsp_platform.casework.deadlines.timetable import DueFor
from dsp_platform.database.days import start_of
from grievances.categories import SENSITIVE, Category
from grievances.models import Grievance, GrievanceDeadline
from grievances.statistics.hiding import Counts, Rows, hide, together
from registry.models import Area

QUARTERS = 4
# What is promised to whoever reported: an answer, and that it is resolved.
PROMISED = (DueFor.ANSWER, DueFor.RESOLVE)
_MONTHS = 3


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
    found = _counted(rows)
    quarters, categories, provinces = hide(_by_quarter(found), _by_category(found), _by_province(found))
    return Numbers(since, until - timedelta(days=1), quarters, categories, provinces)


def _quarter_of(day: date) -> date:
    """Its first day."""
    return day.replace(month=(day.month - 1) // _MONTHS * _MONTHS + 1, day=1)


def _counted(rows: QuerySet[Grievance]) -> list[dict[str, Any]]:
    """In one statement: what is answered meanwhile is so in each table or in none."""
    answered = Q(answered_at__isnull=False)
    by = {"quarter": TruncQuarter("reported_at"), "province": Substr("area_id", 1, 2)}
    found = rows.values("category", **by).annotate(
        received=Count("pk"),
        answered=Count("pk", filter=answered),
        in_time=Count("pk", filter=answered & kept(GrievanceDeadline, PROMISED, timezone.now())),
    )
    return [dict(one) for one in found.order_by()]


def _grouped(found: list[dict[str, Any]], by: str) -> dict[Any, Mapping[str, int]]:
    groups: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    for one in found:
        groups[one[by]].append(one)
    return {key: together(groups[key]) for key in sorted(groups)}


def _by_quarter(found: list[dict[str, Any]]) -> Rows:
    return [(_quarter_label(start), one) for start, one in _grouped(found, "quarter").items()]


def _quarter_label(start: datetime) -> str:
    number = (start.month - 1) // _MONTHS + 1
    return _("Quarter %(number)s of %(year)s") % {"number": number, "year": start.year}


def _by_category(found: list[dict[str, Any]]) -> Rows:
    """The sensitive ones last."""
    harmless = _grouped([one for one in found if not _is_sensitive(one)], "category")
    rows = [(str(Category(category).label), one) for category, one in harmless.items()]
    label = "; ".join(str(Category(code).label) for code in SENSITIVE)
    return [*rows, (label, together(one for one in found if _is_sensitive(one)))]


def _by_province(found: list[dict[str, Any]]) -> Rows:
    named = [one for one in found if one["province"] and not _is_sensitive(one)]
    names = {one.code: one.name for one in Area.objects.filter(level=Area.Level.PROVINCE)}
    return [(names.get(code, code), one) for code, one in _grouped(named, "province").items()]


def _is_sensitive(one: dict[str, Any]) -> bool:
    return one["category"] in SENSITIVE

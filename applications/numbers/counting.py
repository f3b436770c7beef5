"""How the applications to one programme fared, by the month in which they were received. Of nobody by name:
neither of applicants, small counts of whom are not shown, nor of whoever decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.db.models import Aggregate, Count, DateField, F, FloatField, Q
from django.db.models.functions import Extract, TruncMonth
from django.utils import timezone

from applications.models import Application, ApplicationDeadline
from applications.workflow import DECIDED
from dsp_platform.casework.deadlines.selectors import kept, promised
from dsp_platform.casework.deadlines.timetable import DueFor
from dsp_platform.database.days import start_of
from dsp_platform.web.small_counts import FEWEST, percent, shown
from registry.models import Programme

State = Application.State
MONTHS = 12
_A_DAY = 86400.0
_DECISION = (DueFor.DECIDE,)
_SHARES_OF_DAYS = (0.5, 0.9)
_SUMS = (
    ("received", "decided", "withdrawn", "open"),
    ("decided", "approved", "refused", "referred"),
    ("decided", "promised", "unpromised"),
    ("promised", "in_time", "late"),
)


class _Percentiles(Aggregate):
    """Of the numbers of one group, at ``_SHARES_OF_DAYS``."""

    function = "percentile_cont"
    template = f"%(function)s(ARRAY{[*_SHARES_OF_DAYS]}) WITHIN GROUP (ORDER BY %(expressions)s)"


class _Counted(NamedTuple):
    month: date
    received: int
    decided: int
    days: Sequence[float] | None
    approved: int
    refused: int
    referred: int
    withdrawn: int
    promised: int
    in_time: int


@dataclass(frozen=True, slots=True)
class Month:
    """Of what was received in it, as far as it has come. None: too few to be shown."""

    first_day: date
    received: int | None = None
    decided: int | None = None
    median_days: int | None = None
    most_days: int | None = None
    """Within which nine of ten were decided."""
    approved: int | None = None
    refused: int | None = None
    referred: int | None = None
    withdrawn: int | None = None
    """Percent of what was received, as the three before it."""
    in_time: int | None = None
    """Percent of the decisions that were promised until a day."""


def numbers(programme: Programme, today: date | None = None) -> list[Month]:
    """The latest month first."""
    since = _since(today or timezone.localdate())
    rows = Application.objects.filter(programme=programme, submitted_at__gte=since)
    by_month = rows.values(month=TruncMonth("submitted_at", output_field=DateField())).order_by("-month")
    found = by_month.annotate(**_counts()).values_list(*_Counted._fields)
    return [_shown(_Counted(*one)) for one in found]


def _counts() -> dict[str, Aggregate]:
    """One statement counts them all. A decision is in time as an answer to a grievance is: see ``kept``."""
    decided, refused = Q(state__in=DECIDED), Q(state=State.REFUSED)
    seconds = Extract(F("decided_at") - F("submitted_at"), "epoch")
    wanted = {
        "received": Q(),
        "decided": decided,
        "approved": Q(state=State.APPROVED),
        "refused": refused & Q(referred_to=None),
        "referred": refused & ~Q(referred_to=None),
        "withdrawn": Q(state=State.WITHDRAWN),
        "promised": decided & promised(ApplicationDeadline, _DECISION),
        "in_time": decided & kept(ApplicationDeadline, _DECISION, timezone.now()),
    }
    days = _Percentiles(seconds / _A_DAY, filter=decided, output_field=ArrayField(FloatField()))
    return {"days": days, **{name: Count("pk", filter=which) for name, which in wanted.items()}}


def _since(today: date) -> datetime:
    first = today.replace(day=1)
    for _month in range(MONTHS - 1):
        first = (first - timedelta(days=1)).replace(day=1)
    return start_of(first)


def _shown(one: _Counted) -> Month:
    if one.received < FEWEST:
        return Month(one.month)
    cells = {
        **{name: number for name, number in one._asdict().items() if name not in ("month", "days")},
        "open": one.received - one.decided - one.withdrawn,
        "unpromised": one.decided - one.promised,
        "late": one.promised - one.in_time,
    }
    # Without it there would be no row: of the others what is of few is hidden.
    seen = shown(cells, _SUMS, never=("open", "unpromised", "late"), always=("received",))
    median, most = map(round, one.days) if one.days and seen.get("decided") else (None, None)
    return Month(
        one.month,
        one.received,
        seen.get("decided"),
        median_days=median,
        most_days=most,
        approved=percent(seen, "approved", "received"),
        refused=percent(seen, "refused", "received"),
        referred=percent(seen, "referred", "received"),
        withdrawn=percent(seen, "withdrawn", "received"),
        in_time=percent(seen, "in_time", "promised"),
    )

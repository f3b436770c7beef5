"""How the applications to one programme fared, by the month in which they were received. Of nobody by name:
neither of applicants, small counts of whom are not shown, nor of whoever decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from dsp_platform.web.small_counts import FEWEST
from registry.models import Programme

MONTHS = 12
# One statement about the programme's rows alone. What was promised is the last deadline of the decision that
# ended with it: earlier ones were moved, or stood while the person was asked.
_NUMBERS = """
SELECT date_trunc('month', a.submitted_at AT TIME ZONE %(zone)s)::date AS month,
    count(*) AS received,
    count(*) FILTER (WHERE a.state IN ('approved', 'refused')) AS decided,
    percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (
        ORDER BY extract(epoch FROM a.decided_at - a.submitted_at) / 86400.0
    ) FILTER (WHERE a.state IN ('approved', 'refused')) AS days,
    count(*) FILTER (WHERE a.state = 'approved') AS approved,
    count(*) FILTER (WHERE a.state = 'refused' AND a.referred_to_id IS NULL) AS refused,
    count(*) FILTER (WHERE a.state = 'refused' AND a.referred_to_id IS NOT NULL) AS referred,
    count(*) FILTER (WHERE a.state = 'withdrawn') AS withdrawn,
    count(promise.in_time) AS promised,
    count(*) FILTER (WHERE promise.in_time) AS in_time
FROM applications_application a
LEFT JOIN LATERAL (
    SELECT d.ended_at <= d.due_at AS in_time
    FROM applications_applicationdeadline d
    WHERE d.item_id = a.id AND d.due_for = 'decide' AND d.how = 'done'
    ORDER BY d.id DESC
    LIMIT 1
) promise ON a.state IN ('approved', 'refused')
WHERE a.programme_id = %(programme)s AND a.submitted_at >= %(since)s
GROUP BY 1
ORDER BY 1 DESC
"""


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
    values: dict[str, Any] = {
        "zone": timezone.get_default_timezone_name(),
        "programme": programme.pk,
        "since": _since(today or timezone.localdate()),
    }
    with connection.cursor() as cursor:
        cursor.execute(_NUMBERS, values)
        return [_shown(_Counted(*row)) for row in cursor.fetchall()]


def _since(today: date) -> datetime:
    first = today.replace(day=1)
    for _month in range(MONTHS - 1):
        first = (first - timedelta(days=1)).replace(day=1)
    return timezone.make_aware(datetime.combine(first, time.min))


def _shown(one: _Counted) -> Month:
    if one.received < FEWEST:
        return Month(one.month)
    decided = one.decided if one.decided >= FEWEST else None
    counts = [one.approved, one.refused, one.referred, one.withdrawn]
    approved, refused, referred, withdrawn = _shares(counts, one.received)
    median, most = map(round, one.days) if decided and one.days else (None, None)
    late = one.promised - one.in_time
    is_shown = one.promised >= FEWEST and all(few == 0 or few >= FEWEST for few in (one.in_time, late))
    in_time = round(100 * one.in_time / one.promised) if is_shown else None
    return Month(
        one.month,
        one.received,
        decided,
        median_days=median,
        most_days=most,
        approved=approved,
        refused=refused,
        referred=referred,
        withdrawn=withdrawn,
        in_time=in_time,
    )


def _shares(counts: Sequence[int], received: int) -> list[int | None]:
    """In percent. Where some are too few, further ones are hidden with them until no difference tells how
    many they are."""
    hidden: set[int] = {at for at, number in enumerate(counts) if 0 < number < FEWEST}
    for at in sorted(set(range(len(counts))) - hidden, key=lambda at: counts[at]):
        if not hidden or sum(counts[other] for other in hidden) >= FEWEST:
            break
        hidden.add(at)
    return [None if at in hidden else round(100 * number / received) for at, number in enumerate(counts)]

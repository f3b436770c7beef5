"""Poverty levels that have expired: operators receive the record again, without the level."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dsp_platform.jobs.kinds import Cursor, JobStep, register_job
from dsp_platform.jobs.models import Job
from dsp_platform.jobs.services import create_job
from registry.life_events.events import EventKind, LifeEvent, tell
from registry.models import Household
from registry.persons.writer import bump_households

KIND = "expired_levels"
PAGE = 1000
# Missed nights are caught up on, as far back as this.
MISSED = timedelta(days=31)


def expire_levels() -> None:
    """One job for each past day that has none yet, for the levels whose last day it was."""
    yesterday = timezone.localdate() - timedelta(days=1)
    done = Job.objects.filter(kind=KIND).order_by("-parameters__day")
    last = done.values_list("parameters__day", flat=True).first()
    day = max(date.fromisoformat(last), yesterday - MISSED) + timedelta(days=1) if last else yesterday
    while day <= yesterday:
        create_job(kind=KIND, parameters={"day": day.isoformat()}, created_by=None)
        day += timedelta(days=1)


def expire_page(parameters: Mapping[str, Any], cursor: Cursor) -> JobStep:
    """A new version of each household and its members, whose records carry the level."""
    expired = Household.objects.filter(poverty_valid_to=parameters["day"], closed_on=None)
    page = list(expired.filter(pk__gt=int(cursor or 0)).order_by("pk").values_list("pk", flat=True)[:PAGE])
    bump_households(page)
    for household in Household.objects.filter(pk__in=page).order_by("pk"):
        tell(LifeEvent(kind=EventKind.LEVEL_EXPIRED, household=household))
    return JobStep(cursor=page[-1] if len(page) == PAGE else None, done=len(page))


register_job(KIND, _("Telling of poverty levels that ran out"), expire_page)

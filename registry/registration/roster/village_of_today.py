"""Where an official is today, by what was planned: of whom they wrote last says nothing of the next one."""

from django.db.models import Q
from django.utils import timezone

from dsp_platform.accounts.models import User
from registry.models import HouseholdVisit, VillageDay


def village_of_today(official: User) -> str:
    """The one village in which this official takes part in a day today, or has taken a household to visit.
    Empty where there is none, or more than one."""
    if not (official.is_official and official.area_code):
        return ""
    taken = HouseholdVisit.objects.filter(taken_by=official, taken_until__gt=timezone.now())
    days = VillageDay.objects.filter(
        Q(day=timezone.localdate(), officials=official) | Q(pk__in=taken.values("village_day")),
        cancelled_at=None,
        village__code__startswith=official.area_code,
    )
    villages = set(days.values_list("village_id", flat=True))
    return villages.pop() if len(villages) == 1 else ""

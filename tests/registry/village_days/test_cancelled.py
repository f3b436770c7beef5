"""Who cancels a village day, and what is not done on it any more."""

import pytest
from django.utils import timezone

from dsp_platform.audit.models import AuditEvent
from registry.models import VillageDay
from registry.village_days import services
from registry.village_days.errors import DayNotOpen
from registry.village_days.selectors import may_cancel
from tests.registry.village_days.test_village_days import ALL, DAYS, households, page_of, planned, village

__all__ = ["households", "planned", "village"]
pytestmark = pytest.mark.django_db


def test_a_cancelled_day_goes_on_no_more(laptop, planned, commune_clerk):
    laptop.post(f"{DAYS}{planned.pk}/cancel/")
    laptop.post(f"{DAYS}{planned.pk}/cancel/")  # a second click
    assert AuditEvent.objects.filter(action="cancel_village_day").count() == 1
    with pytest.raises(DayNotOpen):
        services.take_next(actor=commune_clerk, village_day=planned)
    assert "cancelled" in page_of(laptop, f"{DAYS}{planned.pk}/")


ONLY_ABOVE = {"en": "only that office cancels it", "km": "មានតែការិយាល័យនោះទេ"}


@pytest.mark.parametrize("language", ["en", "km"])
def test_what_the_district_planned_the_commune_does_not_cancel(
    laptop, village, commune_clerk, second_clerk, district, language
):
    planned = services.plan_village_day(
        actor=district, village=village, day=timezone.localdate(), officials=[commune_clerk], chosen=ALL
    )
    page = page_of(laptop, f"/{language}/counter/village-days/{planned.pk}/")
    assert ONLY_ABOVE[language] in page
    assert "/cancel/" not in page
    assert laptop.post(f"{DAYS}{planned.pk}/cancel/").status_code == 403
    services.cancel_village_day(actor=district, village_day=planned)
    assert VillageDay.objects.get().cancelled_at


def test_what_the_commune_planned_a_colleague_and_the_district_cancel(planned, second_clerk, district):
    assert may_cancel(second_clerk, planned)
    assert may_cancel(district, planned)

"""Who may be planned for a village day, and why none of the households is left for one."""

import pytest
from django.utils import timezone

from registry.models import Area, VillageDay
from registry.village_days import services
from tests.registry.pages import official_client
from tests.registry.village_days.test_village_days import (
    DAYS,
    VILLAGE,
    households,
    page_of,
    plan,
    planned,
    village,
)

__all__ = ["households", "planned", "village"]

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["km", "en"])
def test_why_no_household_is_left_is_said(laptop, village, planned, language):
    address = f"{DAYS}plan/".replace("/en/", f"/{language}/")
    sent = {"day": timezone.localdate().strftime("%d/%m/%Y"), "chosen": "all", "not_since": ""}
    sent["officials"] = [planned.planned_by_id]
    empty = Area.objects.filter(parent=village.parent).exclude(pk=village.pk).first()
    for place, words in (
        (empty, {"km": "គ្មានគ្រួសារណាបានចុះបញ្ជីនៅភូមិនេះទេ", "en": "No household is registered in this village."}),
        (village, {"km": "គ្មានគ្រួសារណានៅសល់", "en": "No household is left that nobody visits."}),
    ):
        assert words[language] in laptop.post(f"{address}{place.pk}/", sent).content.decode()
    assert VillageDay.objects.count() == 1


@pytest.mark.parametrize("language", ["km", "en"])
def test_the_district_goes_itself_where_nobody_works_at_the_commune(
    language, district, village, commune_clerk
):
    """An invitation that nobody followed, and who was stopped, are nobody who takes part."""
    commune_clerk.set_unusable_password()
    commune_clerk.save()
    browser = official_client(district)
    page = page_of(browser, f"{DAYS}plan/{VILLAGE}/".replace("/en/", f"/{language}/"))
    assert str(commune_clerk.staff_name) not in page
    place = {"km": "មង្គលបូរី", "en": "Mongkol Borey"}[language]
    assert f"{district.staff_name} · {place}" in page
    plan(browser, officials=[commune_clerk.pk])
    assert not VillageDay.objects.exists()
    plan(browser, officials=[district.pk])
    [planned] = VillageDay.objects.all()
    assert services.take_next(actor=district, village_day=planned).taken_by == district


def test_those_of_the_commune_are_ticked_and_the_district_is_not(laptop, district, village, commune_clerk):
    form = laptop.get(f"{DAYS}plan/{VILLAGE}/").context["form"]
    assert set(form["officials"].initial) == {commune_clerk}
    assert list(form.fields["officials"].queryset)[-1] == district

"""Several officials press at the same moment: real transactions in threads."""

import pytest
from django.utils import timezone

from dsp_platform.accounts.models import User
from registry.models import Area, HouseholdVisit, VillageDay
from registry.registration.services import register_household
from registry.village_days import services
from registry.village_days.errors import NobodyToVisit
from tests.registry.cast import household_details, official, person_details
from tests.registry.registration.test_concurrency import at_once

pytestmark = pytest.mark.django_db(transaction=True)

HOUSEHOLDS = 3


@pytest.fixture
def officials(areas) -> list[User]:
    for number in range(HOUSEHOLDS):
        citizen = User.objects.create_citizen(phone=f"+8551600010{number}")
        register_household(actor=citizen, details=household_details(person_details()))
    return [official(f"clerk.{number}", "010201") for number in range(4)]


def planning(officials: list[User]):
    village, day = Area.objects.get(pk="01020101"), timezone.localdate()

    def plan() -> VillageDay:
        return services.plan_village_day(
            actor=officials[0], village=village, day=day, officials=officials, chosen="all"
        )

    return plan


def test_four_at_once_take_three_households_and_no_two_the_same(officials):
    day = planning(officials)()

    def taking(actor: User):
        return lambda: services.take_next(actor=actor, village_day=day)

    taken = at_once(*[taking(actor) for actor in officials])
    visits = [one for one in taken if isinstance(one, HouseholdVisit)]
    assert len({visit.pk for visit in visits}) == len(visits) == HOUSEHOLDS
    assert [type(one) for one in taken].count(NobodyToVisit) == 1


def test_a_day_planned_twice_at_once_lists_each_household_once(officials):
    plan = planning(officials)
    planned = at_once(plan, plan)
    assert [type(one) for one in planned].count(NobodyToVisit) == 1
    assert HouseholdVisit.objects.count() == HOUSEHOLDS

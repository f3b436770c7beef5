"""From a visit to a case and back: the official finds the household that they stand in front of."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dsp_platform.accounts.models import AssistedSession, User
from registry.models import Household, VillageDay
from registry.registration.services import register_household
from registry.village_days import services
from tests.registry.cast import household_details, person_details
from tests.registry.changes.cast import BABY, ask

pytestmark = pytest.mark.django_db

DESK, OPEN, END = "/en/counter/", "/en/counter/open/", "/en/counter/end/"
CONSENT = {"reason": "check", "agree": "on"}


@pytest.fixture
def households(areas, consent_agreements) -> list[Household]:
    return [
        register_household(
            actor=User.objects.create_citizen(phone=f"+8551600010{number}"),
            details=household_details(person_details(family_name=name), address=f"ផ្ទះលេខ {number}"),
        )
        for number, name in enumerate(("សុខ", "កែវ"), 1)
    ]


@pytest.fixture
def planned(households, commune_clerk, second_clerk) -> VillageDay:
    return services.plan_village_day(
        actor=commune_clerk,
        village=households[0].village,
        day=timezone.localdate(),
        officials=[commune_clerk, second_clerk],
        chosen=VillageDay.Chosen.ALL,
    )


@pytest.fixture
def visit(laptop, planned) -> str:
    """The page of the first household, which the official took on."""
    return laptop.post(f"/en/counter/village-days/{planned.pk}/").url


def open_case(laptop, visit: str, household: Household) -> AssistedSession:
    laptop.post(f"{visit}case/", {"person": household.memberships.get().person.spid})
    laptop.post(OPEN, CONSENT)
    return AssistedSession.objects.get(ended_at=None)


def outcome_proposed(laptop, visit: str) -> str:
    return laptop.get(visit).context["form"].initial["outcome"]


def test_ending_the_case_comes_back_to_the_visit_also_on_a_second_click(laptop, visit, households):
    open_case(laptop, visit, households[0])
    assert laptop.post(END).url == visit
    assert laptop.post(END).url == visit


def test_a_case_from_the_desk_ends_at_the_desk(laptop, visit, households):
    open_case(laptop, visit, households[0])
    laptop.post(END)
    laptop.post(DESK, {"person": households[1].memberships.get().person.spid})
    laptop.post(OPEN, CONSENT)
    assert laptop.post(END).url == DESK


def test_the_desk_says_what_is_being_visited_until_it_is_written_down(laptop, visit, second_clerk):
    desk = laptop.get(DESK).content.decode()
    assert "You are visiting:" in desk
    assert f'href="{visit}"' in desk
    assert "The hour is over" not in desk
    laptop.post(visit, {"outcome": "visited", "note": ""})
    assert "You are visiting:" not in laptop.get(DESK).content.decode()


def test_nor_after_it_was_given_back(laptop, visit):
    laptop.post(f"{visit}return/")
    assert "You are visiting:" not in laptop.get(DESK).content.decode()


def test_a_forgotten_visit_is_told_until_a_colleague_takes_it(laptop, visit, planned, second_clerk):
    planned.visits.filter(number=1).update(taken_until=timezone.now() - timedelta(minutes=1))
    assert "The hour is over" in laptop.get(DESK).content.decode()
    services.take_visit(actor=second_clerk, visit=planned.visits.get(number=1))
    assert "You are visiting:" not in laptop.get(DESK).content.decode()


def test_a_change_in_the_case_is_proposed_as_the_outcome(laptop, visit, households, commune_clerk):
    case = open_case(laptop, visit, households[0])
    assert outcome_proposed(laptop, visit) == ""
    ask(commune_clerk, "birth", case, **BABY)
    laptop.post(END)
    assert outcome_proposed(laptop, visit) == "changed"


def test_no_change_of_another_household_is(laptop, visit, households, commune_clerk):
    laptop.post(DESK, {"person": households[1].memberships.get().person.spid})
    laptop.post(OPEN, CONSENT)
    ask(commune_clerk, "birth", AssistedSession.objects.get(ended_at=None), **BABY)
    assert outcome_proposed(laptop, visit) == ""


def test_a_household_that_the_case_moved_away_leads_back_to_the_day(laptop, visit, planned, households):
    open_case(laptop, visit, households[0])
    Household.objects.filter(pk=households[0].pk).update(village="01020201")
    answer = laptop.post(END, follow=True)
    assert answer.redirect_chain[-1][0] == f"/en/counter/village-days/{planned.pk}/"
    assert "This household has left your area" in answer.content.decode()

"""What the household of somebody who was registered twice had."""

from datetime import date

import pytest
from django.utils import translation

from registry.merging.homes import has_place, level_passes_from, level_words
from registry.merging.selectors import consequences
from registry.merging.services import merge
from registry.merging.undoing import unmerge
from registry.models import Household, Membership
from registry.persons.households import home_now
from tests.registry.merging.test_merge import again

pytestmark = pytest.mark.django_db
UNTIL = date(2029, 12, 31)


def level(household: Household, code: str, until: date | None = UNTIL) -> Household:
    Household.objects.filter(pk=household.pk).update(poverty_level=code, poverty_valid_to=until)
    return again(household)


def level_of(household: Household) -> tuple[str, date | None]:
    now = again(household)
    return now.poverty_level, now.poverty_valid_to


@pytest.fixture
def left(other_maly):
    return level(home_now(other_maly), "level1")


@pytest.fixture
def home(maly):
    return home_now(maly)


def test_the_level_of_the_household_that_closes_is_carried_over(maly, other_maly, home, left, two):
    merge(kept=maly, merged=other_maly, **two)
    assert level_of(home) == ("level1", UNTIL)


def test_that_it_passes_is_said(maly, other_maly, home, left):
    with translation.override("en"):
        words = " ".join(consequences(maly, other_maly))
        assert level_words(left) in words
    assert "passes to household" in words


def test_a_level_that_holds_is_not_replaced(maly, other_maly, home, left, two):
    level(home, "not_poor")
    assert level_passes_from(maly, other_maly, again(home)) is None
    merge(kept=maly, merged=other_maly, **two)
    assert level_of(home) == ("not_poor", UNTIL)


def test_a_level_that_has_ended_gives_way(maly, other_maly, home, left):
    assert level_passes_from(maly, other_maly, level(home, "level2", date(2020, 1, 1))) == left


def test_a_level_that_has_ended_does_not_pass(maly, other_maly, home, left):
    level(left, "level1", date(2020, 1, 1))
    assert level_passes_from(maly, other_maly, home) is None


def test_where_others_live_on_the_level_is_theirs(maly, other_maly, rith, home, left):
    Membership.objects.filter(person=rith).update(household=left)
    assert level_passes_from(maly, other_maly, home) is None
    with translation.override("en"):
        assert any("does not hold for the person" in one for one in consequences(maly, other_maly))


def test_undone_each_household_has_its_own_level_again(maly, other_maly, home, left, two):
    unmerge(merge=merge(kept=maly, merged=other_maly, **two), **two)
    assert (level_of(home), level_of(left)) == (("", None), ("level1", UNTIL))
    assert again(left).closed_on is None


def test_a_level_reported_since_stays_whole(maly, other_maly, home, left, two):
    done = merge(kept=maly, merged=other_maly, **two)
    level(home, "level1", date(2030, 6, 30))
    unmerge(merge=done, **two)
    assert level_of(home) == ("level1", date(2030, 6, 30))


@pytest.fixture
def wife(heng, maly) -> tuple[Membership, int]:
    """Her membership of the household that Heng leads, ended, and who led it then."""
    maly.memberships.update(ended_on=date(2026, 11, 1))
    return maly.memberships.get(), heng.person.pk


def nothing_happened(_membership):
    pass


def he_married_again(membership):
    Membership.objects.filter(relationship="child").update(relationship="spouse")


def another_leads(membership):
    Membership.objects.filter(relationship="head").update(relationship="parent")
    Membership.objects.filter(relationship="child").update(relationship="head")


def nobody_leads(membership):
    Membership.objects.filter(relationship="head").update(relationship="parent")


@pytest.mark.parametrize(
    ("since", "returns"),
    [
        (nothing_happened, {"spouse", "sibling"}),
        (he_married_again, {"sibling"}),
        (another_leads, set()),
        (nobody_leads, {"head"}),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_who_was_somebody_there_is_that_again_where_nothing_speaks_against_it(since, returns, wife):
    membership, head = wife
    since(membership)
    assert {one for one in ("spouse", "sibling", "head") if has_place(membership, one, {head})} == returns

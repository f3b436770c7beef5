"""A whole household that was registered twice: who is in the way of merging its heads, and how it goes on."""

from datetime import date

import pytest

from dsp_platform.khmer.dates import PartialDate
from registry.duplicates.households import registered_twice
from registry.duplicates.remaining import suggested_home
from registry.models import DuplicateCase, Household, Membership, Person
from tests.registry.cast import child_details, household_details, person_details
from tests.registry.duplicates.cast import case_of, decide
from tests.registry.duplicates.conftest import register_at_office
from tests.registry.duplicates.test_desk import page_of
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db

HUSBAND_BORN = PartialDate(date(1982, 6, 11))
SON_BORN = PartialDate(date(2015, 3, 21))


@pytest.fixture
def again(home, commune_clerk) -> Household:
    return register_at_office(commune_clerk, household_details(person_details(), child_details()))


def pair_of(which: str, *homes: Household) -> DuplicateCase:
    return case_of(*(one.memberships.get(relationship=which).person for one in homes))


@pytest.fixture
def heads(home, again) -> DuplicateCase:
    return pair_of("head", home, again)


@pytest.fixture
def children(home, again) -> DuplicateCase:
    return pair_of("child", home, again)


def test_who_is_in_the_way_is_named_with_their_case(heads, children, home, again):
    found = registered_twice(heads)
    assert (found.home, found.left) == (home, again)
    (one,) = found.in_the_way
    assert (one.membership.person, one.cases) == (children.second, [children])


def test_who_has_no_double_is_named_too(heads, again):
    (one,) = registered_twice(heads).in_the_way
    assert (one.membership.relationship, one.cases) == ("child", [])


def test_decided_in_that_order_nobody_is_in_the_way(heads, children, again, steward):
    decide(children, "same", steward)
    assert registered_twice(heads) is None
    decide(heads, "same", steward)
    again.refresh_from_db()
    assert again.closed_on


def both_ways(*cases: DuplicateCase) -> list[tuple[Person, Person]]:
    pairs = [(one.first, one.second) for one in cases]
    return pairs + [(second, first) for first, second in pairs]


@pytest.fixture
def larger(commune_clerk) -> Household:
    """Sokha's household once more, registered later: with her husband and her son as well."""
    son = child_details(given_name="ដារ៉ា", latin_given_name="Dara", sex="male", born=SON_BORN)
    husband = person_details(
        given_name="វណ្ណា", latin_given_name="Vanna", sex="male", relationship="spouse", born=HUSBAND_BORN
    )
    return register_at_office(
        commune_clerk, household_details(person_details(), husband, child_details(), son)
    )


@pytest.fixture
def bophas(home, larger) -> DuplicateCase:
    return case_of(
        *(one.memberships.filter(relationship="child").earliest("pk").person for one in (home, larger))
    )


def test_the_household_remains_whose_end_leaves_more_people_without_a_pair(home, larger, bophas):
    found = registered_twice(pair_of("head", home, larger))
    assert (found.home, [one.cases for one in found.in_the_way]) == (larger, [[bophas]])


def test_so_it_does_for_every_pair_of_the_two_households(home, larger, bophas):
    cases = (bophas, pair_of("head", home, larger))
    assert {suggested_home(*pair) for pair in both_ways(*cases)} == {larger}


def test_of_two_alike_the_older_remains_whichever_record_does(home, again, heads, children):
    suggested = {suggested_home(*pair) for pair in both_ways(heads, children)}
    assert suggested == {home}


def test_whom_alone_two_households_share_lives_where_the_record_that_remains_does(home, larger, bophas):
    assert [suggested_home(*pair) for pair in both_ways(bophas)] == [home, larger]


def test_a_pair_of_the_others_leads_to_that_of_the_heads(heads, children):
    found = registered_twice(children)
    assert (found.left, found.cases) == (None, [heads])


def test_who_lives_in_one_household_with_the_other_was_not_registered_twice(heads, children, home, again):
    Membership.objects.filter(household=again, relationship="child").update(household=home)
    assert registered_twice(children) is None


def test_the_page_of_the_heads_leads_to_the_others(heads, children, steward):
    page = page_of(browser(steward), heads)
    assert "First decide about those who live with them" in page
    assert children.reference in page


def test_the_same_household_is_left_whichever_record_remains(heads, children, home, again):
    """The record of the later registration is the better checked one."""
    Person.objects.filter(pk=heads.second_id).update(verification="document")
    heads.refresh_from_db()
    found = registered_twice(heads)
    assert (found.home, found.left) == (home, again)
    (one,) = found.in_the_way
    assert (one.membership.person, one.cases) == (children.second, [children])


def test_what_is_decided_waits_no_more(heads, children, steward):
    decide(children, "different", steward)
    found = registered_twice(heads)
    assert (found.cases, [one.cases for one in found.in_the_way]) == ([], [[]])


def test_who_has_left_is_in_nobodys_way(heads, children, again):
    again.memberships.filter(relationship="child").update(ended_on="2026-11-01")
    assert registered_twice(heads) is None


def test_who_has_left_is_not_named_beside_who_has_not(heads, children, again, second):
    again.memberships.filter(relationship="child").update(ended_on="2026-11-01")
    Membership.objects.filter(person=second).update(household=again, relationship="sibling")
    assert [one.membership.person for one in registered_twice(heads).in_the_way] == [second]


def test_two_pairs_within_one_household_are_no_household_registered_twice(heads, children, home, again):
    again.memberships.update(household=home, relationship="other_relative")
    assert registered_twice(children) is None

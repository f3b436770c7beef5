"""A whole household that was registered twice: who is in the way of merging its heads, and how it goes on."""

import pytest

from registry.duplicates.households import registered_twice
from registry.models import DuplicateCase, Household, Membership, Person
from tests.registry.cast import child_details, household_details, person_details
from tests.registry.duplicates.cast import case_of, decide
from tests.registry.duplicates.conftest import register_at_office
from tests.registry.duplicates.test_desk import page_of
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db


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


def test_of_whoever_remains_the_other_household_is_left(heads, children, home, again):
    """The record of the later registration is the better checked one."""
    Person.objects.filter(pk=heads.second_id).update(verification="document")
    heads.refresh_from_db()
    found = registered_twice(heads)
    assert (found.home, found.left) == (again, home)
    (one,) = found.in_the_way
    assert (one.membership.person, one.cases) == (children.first, [children])


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

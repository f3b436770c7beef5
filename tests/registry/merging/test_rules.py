"""When it takes a second steward to make two records one."""

from datetime import date

import pytest
from django.utils.translation import override

from registry.beneficiaries.enrolment import enrol
from registry.errors import SecondPersonNeeded
from registry.merging.contract import Side
from registry.merging.rules import needs_second_person
from registry.merging.selectors import consequences
from registry.merging.services import merge
from registry.merging.undoing import came_since, needs_second_person_for
from registry.models import Household, Person
from registry.persons.households import home_now
from tests.registry.merging.test_merge import again, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(other_maly):
    """Nobody signs in with either record, and both have no phone."""
    Person.objects.update(account=None, phone="")
    return again(other_maly)


@pytest.fixture
def kept(maly, other):
    return again(maly)


def test_one_steward_suffices_where_nothing_is_touched(kept, other, steward):
    merge(kept=kept, merged=other, actor=steward)
    assert again(other).merged_into == kept


@pytest.mark.parametrize("whose", ["kept", "other"])
def test_it_takes_two_where_either_has_an_account(kept, other, whose, steward, sokha):
    Person.objects.filter(pk={"kept": kept, "other": other}[whose].pk).update(account=sokha)
    with pytest.raises(SecondPersonNeeded):
        merge(kept=kept, merged=other, actor=steward)
    with pytest.raises(SecondPersonNeeded):
        merge(kept=kept, merged=other, actor=steward, approved_by=steward)
    assert again(other).merged_into is None


@pytest.mark.parametrize("whose", ["kept", "other"])
def test_it_takes_two_where_either_is_enrolled(kept, other, whose, steward, programmes):
    enrol(
        person={"kept": kept, "other": other}[whose],
        programme=programmes["health"],
        since=date(2026, 1, 1),
    )
    with pytest.raises(SecondPersonNeeded):
        merge(kept=again(kept), merged=again(other), actor=steward)


@pytest.mark.parametrize(
    ("theirs", "takes_two"), [("", True), ("+85592100200", True), ("+85512777009", False)]
)
def test_a_number_opens_only_the_record_it_stands_in(kept, other, theirs, takes_two):
    write(kept, phone="+85512777009")
    write(other, phone=theirs)
    assert needs_second_person(again(kept), again(other)) is takes_two


def test_it_takes_two_where_the_person_comes_to_live_elsewhere(kept, other):
    assert needs_second_person(kept, other, home_now(other))
    assert not needs_second_person(kept, other, home_now(kept))


@pytest.mark.parametrize(
    ("checked", "other_checked", "takes_two"),
    [("self", "commune", True), ("source", "commune", True), ("commune", "source", False)],
)
def test_it_takes_two_where_the_record_would_count_as_better_checked(
    kept, other, checked, other_checked, takes_two
):
    kept.verification, other.verification = checked, other_checked
    assert needs_second_person(kept, other) is takes_two


def test_it_takes_two_where_a_poverty_level_passes(kept, other):
    Household.objects.filter(pk=home_now(other).pk).update(poverty_level="level1")
    assert needs_second_person(kept, other)


def test_the_page_says_why_it_takes_two(kept, other):
    with override("en"):
        assert not any("second steward" in one for one in consequences(kept, other))
        write(kept, phone="+85512777009")
        assert any("a phone number" in one for one in consequences(again(kept), other))


def test_what_took_two_takes_two_to_undo(kept, other, two):
    write(kept, phone="+85512777009")
    done = merge(kept=again(kept), merged=other, **two)
    assert needs_second_person_for(done, {})


def test_what_took_one_takes_one_to_undo_unless_a_number_goes_to_the_other_record(kept, other, steward):
    done = merge(kept=kept, merged=other, actor=steward)
    assert not needs_second_person_for(done, {})
    write(kept, phone="+85512777009")
    (came,) = came_since(done)
    assert needs_second_person_for(done, {came.key: Side.MERGED})

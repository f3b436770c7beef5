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
from registry.merging.undoing import came_since, needs_second_person_for, unmerge
from registry.models import Household, Person
from registry.persons.households import home_now
from tests.registry.merging.test_merge import again, card, write
from tests.registry.merging.test_undoing import join

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


@pytest.mark.parametrize("whose", ["kept", "other"])
@pytest.mark.parametrize(
    ("theirs", "takes_two"), [("", True), ("+85592100200", True), ("+85512777009", False)]
)
def test_a_number_opens_only_the_record_it_stands_in(kept, other, whose, theirs, takes_two):
    """That of the alias too: it is not taken over, but by its source or at a counter it comes back."""
    own, others = (kept, other) if whose == "kept" else (other, kept)
    write(own, phone="+85512777009")
    write(others, phone=theirs)
    assert needs_second_person(again(kept), again(other)) is takes_two


@pytest.mark.parametrize(("book_of_kept", "takes_two"), [("", True), ("66", True), ("55", False)])
def test_it_takes_two_where_a_document_passes(kept, other, book_of_kept, takes_two):
    """One that both have stays where it is."""
    card(other, "55", "family_book")
    if book_of_kept:
        card(kept, book_of_kept, "family_book")
    assert needs_second_person(kept, other) is takes_two


def test_a_document_that_stays_where_it_is_takes_no_second_steward(kept, other):
    card(kept, "010203111")
    assert not needs_second_person(kept, other)


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


def test_what_took_one_takes_one_to_undo_where_nothing_came_since(kept, other, steward):
    unmerge(merge=merge(kept=kept, merged=other, actor=steward), actor=steward)
    assert again(other).merged_into is None


CAME = {
    "a number": lambda kept, **_: write(kept, phone="+85512777009"),
    "a circumstance": lambda kept, **_: write(kept, working=True),
    "a document": lambda kept, **_: card(kept, "010203111"),
    "a home": lambda kept, home, **_: join(kept, home),
    "an enrolment": lambda kept, programme, **_: enrol(
        person=again(kept), programme=programme, since=date(2026, 1, 1)
    ),
}


@pytest.mark.parametrize("what", CAME)
def test_whose_a_thing_is_that_came_since_takes_two(what, kept, other, steward, programmes, family_of_one):
    done = merge(kept=kept, merged=other, actor=steward)
    CAME[what](kept, home=family_of_one, programme=programmes["health"])
    came = came_since(done)
    assert came
    with pytest.raises(SecondPersonNeeded):
        unmerge(merge=done, actor=steward, assigned={one.key: Side.MERGED for one in came})


def test_it_takes_two_also_where_it_stays_with_the_record_that_remained(kept, other, steward):
    """It may have been told of the other one: the SPID of the alias led to this record."""
    done = merge(kept=kept, merged=other, actor=steward)
    card(kept, "010203111")
    with pytest.raises(SecondPersonNeeded):
        unmerge(merge=done, actor=steward, assigned={one.key: Side.KEPT for one in came_since(done)})

"""Only who lived in a household until they died leaves it something, whatever the dates say."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from dsp_platform.khmer.dates import PartialDate
from registry.deaths.selectors import membership_again
from registry.models import Membership, Person
from registry.persons.households import deaths_during_membership, head_left_behind, membership_until_death
from registry.persons.writer import PersonWriter
from registry.phones.selectors import contact_phone
from tests.registry.cast import HEAD_PHONE

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
# Before and after she left, on that day, and where nobody knows which.
DEATHS = ["2026", "2026-11", "2026-11-05", "2026-11-10", "2026-11-20"]
LEFT_ON = date(2026, 11, 10)


@pytest.fixture
def home(maly):
    maly.memberships.get().household.memberships.update(started_on=date(2026, 1, 2))
    return maly.memberships.get().household


def dies(person: Person, died: str = "2026-11-20") -> Person:
    """Where they live in a household, they lived there until then."""
    person = Person.objects.get(pk=person.pk)
    with transaction.atomic(), PersonWriter() as writer:
        writer.update_person(person, died=PartialDate.parse(died), account=None)
        for membership in person.memberships.filter(ended_on=None):
            writer.update_membership(membership, ended_on=TODAY)
    return person


def leaves(person: Person) -> None:
    with transaction.atomic(), PersonWriter() as writer:
        writer.update_membership(person.memberships.get(ended_on=None), ended_on=LEFT_ON)


def lives_after_all(person: Person) -> None:
    with transaction.atomic(), PersonWriter() as writer:
        writer.update_person(person, died=None)


def belongs_to(dead: Person, head: Person) -> list[bool]:
    """In the three places where it matters whether they lived with this head until they died."""
    beside = deaths_during_membership(head.memberships.get(ended_on=None))
    return [
        head_left_behind(dead) == head and contact_phone(dead) == HEAD_PHONE,
        beside.filter(person=dead).exists(),
        membership_again(dead) is not None,
    ]


@pytest.mark.parametrize("died", DEATHS)
def test_who_had_left_leaves_nothing_to_the_household_they_had_left(home, maly, heng, died):
    leaves(maly)
    dead = dies(maly, died)
    assert belongs_to(dead, heng.person) == [False, False, False]
    assert contact_phone(dead) == ""


@pytest.mark.parametrize("died", DEATHS)
def test_who_lived_there_until_then_is_remembered_there(home, maly, heng, died):
    assert belongs_to(dies(maly, died), heng.person) == [True, True, True]


def test_who_dies_long_after_a_death_that_was_none_leaves_nothing_to_the_household_of_before(
    home, maly, heng
):
    dead = dies(maly)
    lives_after_all(dead)  # elsewhere
    assert belongs_to(dies(maly), heng.person) == [False, False, False]


def test_who_came_back_is_remembered_where_they_lived_last(home, maly, heng):
    lives_after_all(dies(maly))
    with transaction.atomic(), PersonWriter() as writer:
        writer.add_membership(home, Person.objects.get(pk=maly.pk), "spouse")
    dead = dies(maly)
    assert belongs_to(dead, heng.person) == [True, True, True]
    assert membership_until_death(dead) == maly.memberships.last()


@pytest.mark.parametrize("died", ["2026", "2026-11"])
def test_who_came_within_the_time_of_a_death_may_have_come_after_it(home, maly, rith, heng, died):
    rith.memberships.update(started_on=date(2026, 11, 21))
    dead = dies(maly, died)
    assert not deaths_during_membership(rith.memberships.get()).exists()
    assert deaths_during_membership(heng.person.memberships.get()).get().person == dead


def test_a_membership_that_goes_on_was_ended_by_nothing(home, maly):
    with pytest.raises(IntegrityError, match="household_left_at_death"), transaction.atomic():
        Membership.objects.filter(person=maly).update(ended_by_death=True)


def test_a_death_is_written_before_the_membership_that_it_ends(home, maly):
    with transaction.atomic(), PersonWriter() as writer:
        writer.update_membership(maly.memberships.get(), ended_on=TODAY)
        with pytest.raises(RuntimeError, match="before the membership"):
            writer.update_person(maly, died=PartialDate.parse("2026"))
